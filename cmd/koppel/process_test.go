package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"koppel/store/storetest/child"
)

// asProgram makes this test binary the program, so that tests can run real processes of it.
const asProgram = "KOPPEL_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program is a running process of koppel.
type program struct {
	t       *testing.T
	process *child.Process
	url     string // where it answers
	log     *log
}

// log may be read while the process writes it.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// prepared is a command with a complete environment, changed by changes. It would answer at address.
func prepared(t *testing.T, command string, changes map[string]string) (cmd *exec.Cmd, address string) {
	t.Helper()
	address = freeAddress(t)
	environment := complete(t)
	environment[asProgram] = "1"
	environment["KOPPEL_LISTEN"], environment["KOPPEL_WORKER_LISTEN"] = address, address
	environment["KOPPEL_PUBLIC_URL"] = "http://" + address
	environment["TEMPORAL_ADDRESS"] = freeAddress(t)
	environment["KOPPEL_SMTP_TLS"] = "none"
	for name, value := range changes {
		environment[name] = value
	}
	cmd = exec.Command(os.Args[0], command)
	cmd.Env = list(environment)
	return cmd, address
}

// fails runs a command that cannot start and returns what it said.
func fails(t *testing.T, command string, changes map[string]string) string {
	t.Helper()
	cmd, _ := prepared(t, command, changes)
	output, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("koppel %s ended well", command)
	}
	return string(output)
}

// run starts a command and waits until its process lives.
func run(t *testing.T, command string, changes map[string]string) *program {
	t.Helper()
	cmd, address := prepared(t, command, changes)
	p := &program{t: t, url: "http://" + address, log: &log{}}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	var err error
	if p.process, err = child.Start(cmd, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.process.Kill()
		if t.Failed() {
			t.Logf("koppel %s said:\n%s", command, p.log)
		}
	})
	p.await("/healthz", http.StatusOK, "ok\n")
	return p
}

// freeAddress is an address on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// read asks a page; errors are told as status 0.
func (p *program) read(path string) (status int, body string) {
	response, err := http.Get(p.url + path)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(content)
}

// eventually looks again and again, until what is awaited is so.
func eventually(t *testing.T, what string, look func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !look(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func (p *program) await(path string, status int, body string) {
	p.t.Helper()
	eventually(p.t, fmt.Sprintf("%s answers %d %q", path, status, body), func() bool {
		gotStatus, gotBody := p.read(path)
		return gotStatus == status && strings.Contains(gotBody, body)
	})
}

func (p *program) awaitLine(text string) {
	p.t.Helper()
	eventually(p.t, "the log says "+text, func() bool { return strings.Contains(p.log.String(), text) })
}

// terminate sends SIGTERM and waits for a good end.
func (p *program) terminate() {
	p.t.Helper()
	if err := p.process.Stop(syscall.SIGTERM, 40*time.Second); err != nil {
		p.t.Error(err)
	}
	if err := p.process.Err(); err != nil {
		p.t.Errorf("after SIGTERM it ended with %v", err)
	}
}
