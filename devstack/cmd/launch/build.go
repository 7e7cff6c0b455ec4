package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"koppel/store/storetest/child"
)

// build compiles a program and shows how far it is.
func build(ctx context.Context, dir, source, target string) error {
	if _, err := os.Stat(target); err != nil {
		fmt.Printf("Building %s. The first time this takes some minutes, because its modules are fetched and compiled.\n", source)
	}
	// Version control is left alone: it may refuse a folder of another user.
	cmd := exec.Command("go", "build", "-v", "-buildvcs=false", "-o", target, source)
	cmd.Dir = dir
	output, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	process, err := child.Start(cmd, syscall.SIGKILL)
	if err != nil {
		return fmt.Errorf("build %s (is Go installed and in PATH?): %w", source, err)
	}
	var seen progress
	complaints := make(chan string, 1)
	go func() { complaints <- seen.read(output) }()
	seen.show(ctx, process)
	if ctx.Err() != nil {
		return fmt.Errorf("build %s: %w", source, ctx.Err())
	}
	if err := process.Err(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", source, err, <-complaints)
	}
	return nil
}

// progress counts what the go command says it does.
type progress struct{ fetched, compiled atomic.Int64 }

// read counts and returns the lines that are neither a download nor the name of a package: complaints.
func (p *progress) read(output io.Reader) string {
	var complaints bytes.Buffer
	for lines := bufio.NewScanner(output); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			p.fetched.Add(1)
		case !strings.Contains(line, " "):
			p.compiled.Add(1)
		default:
			fmt.Fprintln(&complaints, line)
		}
	}
	return complaints.String()
}

// show prints the counts until the build ends: in place on a terminal, else a line now and then.
func (p *progress) show(ctx context.Context, process *child.Process) {
	interval, end := 15*time.Second, "\n"
	if terminal() {
		interval, end = time.Second, "\r"
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for begin := time.Now(); ; {
		select {
		case <-process.Done():
			return
		case <-ctx.Done():
			process.Kill()
			return
		case <-ticker.C:
			fmt.Printf("  %s: %d modules fetched, %d packages compiled   %s",
				time.Since(begin).Round(time.Second), p.fetched.Load(), p.compiled.Load(), end)
		}
	}
}

func terminal() bool {
	info, err := os.Stdout.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
