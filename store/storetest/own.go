package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Own starts a server for one test, which may stop, kill and restart it, and returns it with the address of an empty
// database. It ends with the test.
func Own(t testing.TB) (*Server, string) {
	t.Helper()
	dir, release, err := holdFolder()
	if err != nil {
		t.Fatalf("a folder for the test's server: %v", err)
	}
	t.Cleanup(release)
	server, err := startFresh(dir)
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

// holdFolder takes the first folder that no other test holds, also while its server is stopped.
func holdFolder() (dir string, release func(), err error) {
	base, err := testFolder()
	if err != nil {
		return "", nil, err
	}
	for i := 1; ; i++ {
		holder := filepath.Join(base, "own-"+strconv.Itoa(i))
		if err := os.MkdirAll(holder, 0o755); err != nil {
			return "", nil, err
		}
		lock, err := lockFolder(holder, 0)
		if errors.Is(err, ErrInUse) {
			continue
		}
		if err != nil {
			return "", nil, err
		}
		return filepath.Join(holder, "server"), func() { lock.Close() }, nil
	}
}

// startFresh starts a server on kept data; data that do not start are made anew.
func startFresh(dir string) (*Server, error) {
	options := Options{Unsafe: true, LockPatience: startPatience}
	server, err := Start(dir, options)
	if err != nil && !errors.Is(err, errNoPostgres) && os.RemoveAll(filepath.Join(dir, "data")) == nil {
		return Start(dir, options)
	}
	return server, err
}
