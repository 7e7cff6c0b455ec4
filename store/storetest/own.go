package storetest

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
)

// Own starts a server for one test, which may stop, kill and restart it, and returns it with the address of an empty
// database. It ends with the test.
func Own(t testing.TB) (*Server, string) {
	t.Helper()
	server, err := startInFreeFolder()
	if err != nil {
		t.Fatalf("a server for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := sweep(server.URL("postgres")); err != nil {
		t.Fatalf("a server for the test: %v", err)
	}
	name := prefix + strings.ToLower(rand.Text())
	if err := server.Create(context.Background(), name); err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	return server, server.URL(name)
}
