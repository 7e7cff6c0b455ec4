package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/lib/pq"
)

// prefix marks the databases of tests, so that those of a killed run can be swept.
const prefix = "test_"

// shared is the address of the server of this test process, with any database.
var shared = sync.OnceValues(func() (string, error) {
	if address := os.Getenv("DATABASE_URL"); address != "" {
		return address, nil
	}
	server, err := startInFreeFolder()
	if err != nil {
		return "", err
	}
	return server.URL("postgres"), sweep(server.URL("postgres"))
})

// URL returns the address of a fresh, empty database, which is dropped when the test ends. The server is DATABASE_URL
// (its user must be allowed to create databases) or one that this test process starts and that ends with it. Without
// either the test fails.
func URL(t testing.TB) string {
	t.Helper()
	return copyOf(t, empty)
}

func copyOf(t testing.TB, template string) string {
	t.Helper()
	address, err := shared()
	if err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	admin, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatalf("open DATABASE_URL: %v", err)
	}
	admin.SetMaxOpenConns(1)
	name := prefix + strings.ToLower(rand.Text())
	if err := create(context.Background(), admin, name, template); err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	t.Cleanup(func() { drop(t, admin, name) })
	fresh, err := withDatabase(address, name)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

// empty can be copied by many at once; nobody is connected to it.
const empty = "template0"

// strategy copies a small database in a third of the time, where Postgres knows it and nothing waits for the disk.
const strategy = `SELECT CASE WHEN current_setting('server_version_num')::int >= 150000 AND current_setting('fsync') = 'off'
	THEN ' STRATEGY file_copy' ELSE '' END`

func create(ctx context.Context, db *sql.DB, name, template string) error {
	var how string
	err := db.QueryRowContext(ctx, strategy).Scan(&how)
	if err == nil {
		_, err = db.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name)+` TEMPLATE `+pq.QuoteIdentifier(template)+how)
	}
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

func drop(t testing.TB, admin *sql.DB, name string) {
	defer admin.Close()
	if _, err := admin.Exec(`DROP DATABASE ` + pq.QuoteIdentifier(name) + ` WITH (FORCE)`); err != nil {
		t.Errorf("drop the test's database: %v", err)
	}
}

func withDatabase(address, name string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return "", errors.New("DATABASE_URL must look like postgres://user:password@host:port/database")
	}
	parsed.Path = "/" + name
	return parsed.String(), nil
}

// sweep drops what a killed test process left behind.
func sweep(address string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	var names []string
	err = db.QueryRow(`SELECT coalesce(array_agg(datname::text), '{}') FROM pg_database WHERE starts_with(datname, $1)`,
		prefix).Scan((*pq.StringArray)(&names))
	for _, name := range names {
		_, dropErr := db.Exec(`DROP DATABASE ` + pq.QuoteIdentifier(name) + ` WITH (FORCE)`)
		err = errors.Join(err, dropErr)
	}
	return err
}

// startInFreeFolder starts a server in the first folder that no other test process uses. Folders are kept, because
// making one takes longer than all else; a folder that does not start is made anew.
func startInFreeFolder() (*Server, error) {
	base, err := testFolder()
	if err != nil {
		return nil, err
	}
	options := Options{Unsafe: true}
	for i := 1; ; i++ {
		dir := filepath.Join(base, strconv.Itoa(i))
		server, err := Start(dir, options)
		if errors.Is(err, ErrInUse) {
			continue
		}
		if err != nil && !errors.Is(err, errNoPostgres) && os.RemoveAll(filepath.Join(dir, "data")) == nil {
			server, err = Start(dir, options)
		}
		return server, err
	}
}

// roomy is how much of the memory's file system must be free, in bytes: some servers with a few dozen databases each.
const roomy = 2 << 30

// testPlace is the memory's file system, where there is one with room: a test spends most of its time on making the
// files of its database. It is not TMPDIR when this process is root: that may lie in a home that others cannot enter.
func testPlace() string {
	var memory syscall.Statfs_t
	err := syscall.Statfs("/dev/shm", &memory)
	switch {
	case err == nil && memory.Bavail*uint64(memory.Bsize) > roomy:
		return "/dev/shm"
	case os.Getuid() == 0:
		return "/tmp"
	}
	return os.TempDir()
}

func testFolder() (string, error) {
	base := filepath.Join(testPlace(), "koppel-storetest-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	info, err := os.Lstat(base)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || int(info.Sys().(*syscall.Stat_t).Uid) != os.Getuid() {
		return "", fmt.Errorf("%s belongs to somebody else: remove it", base)
	}
	return base, nil
}
