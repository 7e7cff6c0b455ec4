package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"koppel/devstack"
	"koppel/devstack/axe"
	"koppel/devstack/machine"
	"koppel/eherkenning/brokertest"
	"koppel/store/storetest"
)

// binary is the koppel program under test.
var binary string

// accessibility finds faults of pages.
var accessibility axe.Script

func TestMain(m *testing.M) {
	devstack.ServeTemporal()
	code, err := build(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// build builds the program, runs the tests and removes it.
func build(m *testing.M) (int, error) {
	if err := machine.Meet(os.Stderr, machine.Postgres, machine.Browser, machine.Node); err != nil {
		return 1, err
	}
	var err error
	if accessibility, err = axe.Load("../.."); err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp("", "koppel-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "koppel")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "./cmd/koppel")
	cmd.Dir = "../.."
	if output, err := cmd.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build koppel: %w: %s", err, output)
	}
	return m.Run(), nil
}

// startStack starts everything for one test, with the made-up registers imported. A failed test shows the logs.
func startStack(t *testing.T) *devstack.Stack {
	t.Helper()
	return startStackWith(t, devstack.Options{Dir: t.TempDir(), DatabaseURL: storetest.URL(t), InMemory: true})
}

// startBreakableStack is startStack with parts that are all processes or can be stopped, and keep their data.
func startBreakableStack(t *testing.T, personas []brokertest.Persona) *devstack.Stack {
	t.Helper()
	return startStackWith(t, devstack.Options{Dir: publicDir(t), Apart: true, Personas: personas})
}

// publicDir is a folder that Postgres may enter as another user.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "koppel-breakable-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func startStackWith(t *testing.T, options devstack.Options) *devstack.Stack {
	t.Helper()
	options.Binary = binary
	stack, err := devstack.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stack.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			showLogs(t, options.Dir)
		}
	})
	if err := stack.Import(t.Context(), "../sample"); err != nil {
		t.Fatal(err)
	}
	return stack
}

func showLogs(t *testing.T, dir string) {
	logs, err := filepath.Glob(filepath.Join(dir, "logs", "*.log"))
	if err != nil {
		t.Error(err)
	}
	for _, log := range logs {
		content, err := os.ReadFile(log)
		t.Logf("%s (%v):\n%s", filepath.Base(log), err, content)
	}
}

// within is a context that ends soon enough for a test to say what it waited for.
func within(t *testing.T, patience time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
