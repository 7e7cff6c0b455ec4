package storetest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestURLGivesAFreshDatabaseAndDropsIt(t *testing.T) {
	var first string
	t.Run("use", func(t *testing.T) {
		first = URL(t)
		exec1(t, first, `CREATE TABLE mark ()`)
	})
	second := URL(t)
	exec1(t, second, `CREATE TABLE mark ()`) // fails when the database is not fresh
	db := open(t, first)
	if err := db.Ping(); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("database of an ended test: got %v, want that it does not exist", err)
	}
}

func TestDataStayWhenTheServerRestarts(t *testing.T) {
	dir := serverFolder(t)
	server := start(t, dir)
	if err := server.Create(context.Background(), "kept"); err != nil {
		t.Fatal(err)
	}
	exec1(t, server.URL("kept"), `CREATE TABLE mark AS SELECT 1 AS one`)
	if _, err := Start(dir, Options{}); !errors.Is(err, ErrInUse) {
		t.Errorf("second server on the folder: got %v, want %v", err, ErrInUse)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, dir)
	if err := again.Create(context.Background(), "kept"); err != nil {
		t.Fatalf("create what exists: %v", err)
	}
	exec1(t, again.URL("kept"), `INSERT INTO mark VALUES (2)`)
}

// TestServerEndsWithItsParent kills a process that runs a server, and starts another server on the folder, which the
// first one keeps locked until its last process is gone.
func TestServerEndsWithItsParent(t *testing.T) {
	if dir := os.Getenv("STORETEST_PARENT"); dir != "" {
		server, err := Start(dir, Options{Unsafe: true})
		fmt.Println(server != nil, err)
		select {}
	}
	dir := serverFolder(t)
	parent := exec.Command(os.Args[0], "-test.run=^TestServerEndsWithItsParent$")
	parent.Env = append(os.Environ(), "STORETEST_PARENT="+dir)
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(output).ReadString('\n'); line != "true <nil>\n" {
		t.Fatalf("parent said %q, %v", line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // was killed
	server, err := Start(dir, Options{Unsafe: true, LockPatience: 15 * time.Second})
	if err != nil {
		t.Fatalf("start after the parent was killed: %v", err)
	}
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}

func TestFindBinaries(t *testing.T) {
	root := t.TempDir()
	for _, program := range []string{"14/bin/postgres", "14/bin/initdb", "15/bin/postgres", "15/bin/initdb", "alone/postgres"} {
		path := filepath.Join(root, program)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(root, "linked")
	if err := errors.Join(os.Mkdir(link, 0o755), os.Symlink("../14/bin/postgres", filepath.Join(link, "postgres"))); err != nil {
		t.Fatal(err)
	}
	globs := []string{filepath.Join(root, "*/bin")}
	for _, test := range []struct {
		name, path string
		patterns   []string
		want       string
		err        error
	}{
		{"PATH comes first", filepath.Join(root, "14/bin"), globs, "14/bin", nil},
		{"link in PATH", link, nil, "14/bin", nil},
		{"newest version", "", globs, "15/bin", nil},
		{"server without initdb", filepath.Join(root, "alone"), nil, "", errNoPostgres},
		{"nothing", root, nil, "", errNoPostgres},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := findBinaries(test.path, test.patterns)
			if want := filepath.Join(root, test.want); !errors.Is(err, test.err) || (err == nil && got != want) {
				t.Errorf("got %q, %v; want %q, %v", got, err, want, test.err)
			}
		})
	}
}

func TestWithDatabase(t *testing.T) {
	got, err := withDatabase("postgres://jane:p%40ss@localhost:5432/main?sslmode=disable", "test_1")
	if want := "postgres://jane:p%40ss@localhost:5432/test_1?sslmode=disable"; got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if _, err := withDatabase("host=localhost dbname=main", "test_1"); err == nil {
		t.Error("an address that is no URL was accepted")
	}
}

// serverFolder is a new folder that the server's user can enter, unlike t.TempDir when root has TMPDIR in its home.
func serverFolder(t *testing.T) string {
	base, err := testFolder()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(base, "own-"+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func start(t *testing.T, dir string) *Server {
	server, err := Start(dir, Options{Unsafe: true, LockPatience: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.process.Stop(syscall.SIGQUIT, time.Second) })
	return server
}

func open(t *testing.T, address string) *sql.DB {
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec1(t *testing.T, address, statement string) {
	t.Helper()
	if _, err := open(t, address).Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestCopiesHoldWhatWasPreparedAndAreApart(t *testing.T) {
	prepared := 0
	prepare := func(address string) error {
		prepared++
		return run(address, `create table things (name text); insert into things values ('one')`)
	}
	first, second := Copy(t, prepare), Copy(t, prepare)
	if err := run(first, `insert into things values ('two')`); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]int{first: 2, second: 1} {
		if err := run(address, fmt.Sprintf(`select 1 / (count(*) = %d)::int from things`, want)); err != nil {
			t.Errorf("want %d things: %v", want, err)
		}
	}
	if prepared != 1 {
		t.Errorf("want what is copied prepared once, got %d times", prepared)
	}
}

func run(address, statement string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}
