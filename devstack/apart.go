package devstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// apartVariable holds the TemporalOptions of a process that is to be nothing but a Temporal server.
const apartVariable = "KOPPEL_DEVSTACK_TEMPORAL"

// ServeTemporal is the first call of a main whose stacks run Temporal apart: in the process that such a stack starts
// from the same executable it serves until SIGTERM and ends the process; in others it returns at once. A program of
// its own would have to be linked with the whole server a second time.
func ServeTemporal() {
	asked := os.Getenv(apartVariable)
	if asked == "" {
		return
	}
	if err := serveTemporal(asked); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serveTemporal(asked string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var options TemporalOptions
	if err := json.Unmarshal([]byte(asked), &options); err != nil {
		return fmt.Errorf("%s: %w", apartVariable, err)
	}
	server, err := StartTemporal(ctx, options)
	if err != nil {
		return err
	}
	<-ctx.Done()
	return server.Stop()
}

// startTemporalApart is StartTemporal in a process of its own.
func startTemporalApart(ctx context.Context, options TemporalOptions) (*Temporal, error) {
	ports, err := reserve(options.Port, options.UIPort, options.DeskPort)
	if err != nil {
		return nil, err
	}
	options.Port, options.UIPort, options.DeskPort = ports[0], ports[1], ports[2]
	asked, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	t := &Temporal{Port: ports[0], UIPort: ports[1], DeskPort: ports[2]}
	t.Program = &Program{
		Name: "Temporal", LogFile: options.LogFile, command: []string{executable},
		environment: append(os.Environ(), apartVariable+"="+string(asked)), ready: t.answers,
	}
	if err := t.Program.Start(ctx); err != nil {
		return nil, errors.Join(err, t.Program.Stop())
	}
	return t, nil
}
