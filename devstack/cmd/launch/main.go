// Command launch is what make calls: it checks what is needed, builds the demo, and becomes it. It is small, so that a
// person hears within seconds what is missing and why the first build takes minutes.
//
//	launch demo    check, build, start the demo
//	launch reset   forget the demo's data
//	launch needs   check what the tests need
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"koppel/devstack/machine"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := machine.WithParent(ctx)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("usage: launch demo|reset|needs")
	}
	switch arguments[0] {
	case "demo":
		return demo(ctx)
	case "reset":
		return reset()
	case "needs":
		return machine.Meet(os.Stderr, append(machine.XMLTools, machine.Postgres, machine.Compiler, machine.Browser, machine.Node, machine.Promtool)...)
	}
	return fmt.Errorf("launch cannot %s", arguments[0])
}

// demo expects to run in the root of the repository.
func demo(ctx context.Context) error {
	if err := machine.Meet(os.Stderr, machine.Postgres); err != nil {
		return err
	}
	bin, err := filepath.Abs("bin")
	if err != nil {
		return err
	}
	if err := build(ctx, ".", "./cmd/koppel", filepath.Join(bin, "koppel")); err != nil {
		return err
	}
	if err := build(ctx, "devstack", "./cmd/demo", filepath.Join(bin, "demo")); err != nil {
		return err
	}
	program := filepath.Join(bin, "demo")
	return fmt.Errorf("start the demo: %w", syscall.Exec(program, []string{program}, os.Environ()))
}

func reset() error {
	dir, err := machine.DemoDir()
	if err != nil {
		return err
	}
	if err := machine.Remove(dir); err != nil {
		return err
	}
	fmt.Println("The demo has forgotten everything it kept in " + dir + ".")
	return nil
}
