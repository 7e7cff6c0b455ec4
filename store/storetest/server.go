package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	_ "github.com/lib/pq"

	"koppel/store/storetest/child"
)

// superuser is the one role of the server.
const superuser = "koppel"

// startPatience covers recovery after a crash on a slow disk.
const startPatience = 60 * time.Second

// Options say how a server runs. The zero value keeps data safe.
type Options struct {
	// Unsafe trades safety for speed, for tests: no write is forced to disk, and the password crosses 127.0.0.1 as it is.
	Unsafe bool
	// Port is where to listen; 0 takes a free one.
	Port int
	// LockPatience is how long to wait for another process to leave the folder; 0 does not wait.
	LockPatience time.Duration
	// Progress gets a line for each step that takes long; nil for none.
	Progress io.Writer
}

// auth is how initdb lets the superuser in. SCRAM costs a client more than most tests do.
func (o Options) auth() string {
	if o.Unsafe {
		return "password"
	}
	return "scram-sha-256"
}

// Server is a Postgres on 127.0.0.1 that ends with this process.
type Server struct {
	dir     string
	options Options
	address string // host:port
	secret  string // password of the superuser
	process *child.Process
}

// ErrInUse says that another process runs a server on the folder.
var ErrInUse = errors.New("the folder is in use by another process")

// Start runs Postgres on the data kept in dir, which is made when missing and must not lie below a folder that other
// users cannot enter when this process is root (Postgres refuses to run as root and gets another user).
func Start(dir string, options Options) (*Server, error) {
	if options.Progress == nil {
		options.Progress = io.Discard
	}
	programs, err := binaries(options.Progress)
	if err != nil {
		return nil, err
	}
	c, err := openCluster(dir, programs, options)
	if err != nil {
		return nil, fmt.Errorf("postgres in %s: %w", dir, err)
	}
	defer c.lock.Close() // the running server holds its own copy
	server, err := c.start()
	if err != nil {
		return nil, fmt.Errorf("postgres in %s: %w", dir, err)
	}
	return server, nil
}

// Restart starts a server that has ended again, on the address it had.
func (s *Server) Restart() error {
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	options := s.options
	options.LockPatience = startPatience // its last processes may still be leaving
	if options.Port, err = strconv.Atoi(port); err != nil {
		return err
	}
	again, err := Start(s.dir, options)
	if err != nil {
		return err
	}
	s.process = again.process
	return nil
}

// start takes a free port; another process may be faster to take it, so it tries again.
func (c *cluster) start() (*Server, error) {
	var failures error
	for range 5 {
		port, err := c.port()
		if err != nil {
			return nil, err
		}
		server, err := c.startOnce(port)
		if err == nil {
			return server, nil
		}
		failures = errors.Join(failures, err)
	}
	return nil, failures
}

func (c *cluster) startOnce(port int) (*Server, error) {
	log, err := os.Create(filepath.Join(c.dir, "postgres.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := c.command("postgres", append(c.serverArguments(), "-p", strconv.Itoa(port))...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{c.lock} // the folder is free when the last process of the server is gone
	process, err := child.Start(cmd, syscall.SIGINT)
	if err != nil {
		return nil, err
	}
	server := &Server{dir: c.dir, options: c.options, secret: c.secret, process: process,
		address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
	if err := server.awaitReady(); err != nil {
		process.Kill()
		output, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("%w: %s", err, tail(output))
	}
	return server, nil
}

func (c *cluster) serverArguments() []string {
	arguments := []string{
		"-D", c.data(),
		"-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", // a socket's path may be too long, its folder not writable
		"-c", "max_connections=200",
		"-c", "timezone=UTC",
		"-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=256MB",
	}
	if c.options.Unsafe {
		arguments = append(arguments, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_wal_size=64MB")
	}
	return arguments
}

func (s *Server) awaitReady() error {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready within %s: %w", startPatience, err)
		case <-s.process.Done():
			return errors.New("ended at once")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// URL is the address of a database, as lib/pq and others read it. The database need not exist yet.
func (s *Server) URL(database string) string {
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, s.secret), Host: s.address,
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return address.String()
}

// Create makes an empty database unless it exists.
func (s *Server) Create(ctx context.Context, database string) error {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	var exists bool
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, database).Scan(&exists)
	if err != nil || exists {
		return err
	}
	return create(ctx, db, database, empty)
}

// Done is closed when the server has ended, whoever ended it.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Stop ends all connections and the server, which has then written everything.
func (s *Server) Stop() error { return s.process.Stop(syscall.SIGINT, 20*time.Second) }

// Kill ends the server as a crash would, and waits until its last process is gone: those that serve a connection
// notice the crash a little later.
func (s *Server) Kill() error {
	s.process.Kill()
	lock, err := lockFolder(s.dir, startPatience)
	if err != nil {
		return err
	}
	return lock.Close()
}

func (c *cluster) port() (int, error) {
	if c.options.Port != 0 {
		return c.options.Port, nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func (c *cluster) command(program string, arguments ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.programs, program), arguments...)
	cmd.Dir = c.dir
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH")} // no PG… settings of the person
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner}
	return cmd
}
