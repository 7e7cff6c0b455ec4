// Command demo runs koppel with its whole world on this machine, with made-up schools and people, until Ctrl-C. It keeps
// its data, so that the next start goes on where this one ended. make demo builds and starts it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"koppel/devstack"
	"koppel/devstack/machine"
	"koppel/store/storetest"
)

// preferred are the ports that the demo takes when they are free.
var preferred = devstack.Ports{Web: 8080, Broker: 8090, Mailbox: 8025, SMTP: 1025, Temporal: 7233, TemporalUI: 8234, TemporalDesk: 8233}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := machine.WithParent(ctx)
	defer cancel()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	if err := run(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "\nThe demo cannot run:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir, err := machine.DemoDir()
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	bin := filepath.Dir(program) // below the root of the repository
	binary := filepath.Join(bin, "koppel")
	worker, err := devstack.BuildOf(binary)
	if err != nil {
		return err
	}
	stack, err := devstack.Start(ctx, devstack.Options{
		Dir: dir, Binary: binary, Build: worker, Ports: preferred,
		Progress: func(step string) { fmt.Println("Starting", step) },
	})
	if errors.Is(err, storetest.ErrInUse) {
		return fmt.Errorf("another demo is running on %s", dir)
	}
	if err != nil {
		return err
	}
	if err := importSamples(ctx, stack, dir, filepath.Join(bin, "..", "devstack", "sample")); err != nil {
		return errors.Join(err, stack.Stop())
	}
	if err := hire(ctx, stack, dir); err != nil {
		return errors.Join(err, stack.Stop())
	}
	printGuide(os.Stdout, stack, dir)
	stack.KeepRunning(ctx, func(note string) { fmt.Println(note) })
	fmt.Println("\nStopping. The data stay in " + dir + "; make demo-reset forgets them.")
	return stack.Stop()
}

// importSamples reads the made-up registers in, once: what people linked afterwards is kept.
func importSamples(ctx context.Context, stack *devstack.Stack, dir, folder string) error {
	done := filepath.Join(dir, "imported")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := stack.Import(ctx, folder); err != nil {
		return err
	}
	return os.WriteFile(done, nil, 0o644)
}
