// Package schematest gives tests databases with koppel's schema. The schema itself is package store's, the server
// storetest's, which knows no schema because the tests of store use it.
package schematest

import (
	"context"
	"testing"

	"koppel/store"
	"koppel/store/storetest"
)

// URL returns the address of a fresh database with the newest schema and no rows, which is dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	return storetest.Copy(t, Migrate)
}

// Open is URL with the database opened, until the test ends.
func Open(t testing.TB) (*store.Store, string) {
	t.Helper()
	address := URL(t)
	db, err := store.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, address
}

// Migrate brings the schema of a database up to date.
func Migrate(address string) error {
	db, err := store.OpenBatch(address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Migrate(context.Background())
	return err
}
