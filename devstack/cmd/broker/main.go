// Command broker is the eHerkenning test broker alone, for docker compose.
//
//	broker prepare   make koppel's keys, the broker's key and metadata, unless they stand there
//	broker serve     serve the broker
//
// Settings come from the environment: BROKER_LISTEN (host:port), BROKER_URL (as browsers reach it), BROKER_RESOLVE_URL
// (as koppel reaches its artifact service), BROKER_KEY_FILE, BROKER_SECRETS (the folder of koppel's keys) and
// KOPPEL_PUBLIC_URL.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"koppel/devstack/federation"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "broker:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) != 1 || (arguments[0] != "prepare" && arguments[0] != "serve") {
		return errors.New("usage: broker prepare|serve")
	}
	broker, err := federation.Broker(federation.Options{
		WebURL:     os.Getenv("KOPPEL_PUBLIC_URL"),
		BrokerURL:  os.Getenv("BROKER_URL"),
		ResolveURL: os.Getenv("BROKER_RESOLVE_URL"),
		Secrets:    os.Getenv("BROKER_SECRETS"),
		BrokerKey:  os.Getenv("BROKER_KEY_FILE"),
	})
	if err != nil || arguments[0] == "prepare" {
		return err
	}
	server := &http.Server{Addr: os.Getenv("BROKER_LISTEN"), Handler: broker, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() }) // ListenAndServe tells
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
