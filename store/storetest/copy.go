package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
)

// model is the database that Copy copies, made once per test process.
var model struct {
	once sync.Once
	name string
	err  error
}

// Copy is URL with what prepare has put into the database: it is called once per test process, because a copy is made
// sooner than the schema. All tests of a process must mean the same by it.
func Copy(t testing.TB, prepare func(address string) error) string {
	t.Helper()
	model.once.Do(func() { model.name, model.err = makeModel(prepare) })
	if model.err != nil {
		t.Fatalf("a database to copy for the tests: %v", model.err)
	}
	return copyOf(t, model.name)
}

// makeModel leaves a database that the next test process, or the end of the server, sweeps.
func makeModel(prepare func(address string) error) (string, error) {
	address, err := shared()
	if err != nil {
		return "", err
	}
	admin, err := sql.Open("postgres", address)
	if err != nil {
		return "", err
	}
	defer admin.Close()
	name := prefix + "model_" + strings.ToLower(rand.Text())
	if err := create(context.Background(), admin, name, empty); err != nil {
		return "", err
	}
	own, err := withDatabase(address, name)
	return name, errors.Join(err, prepare(own))
}
