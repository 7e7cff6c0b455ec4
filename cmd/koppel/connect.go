package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"koppel/store"
)

// openStore opens the database with one of store's ways: for people who wait, or for batches.
func (s settings) openStore(open func(url string) (*store.Store, error)) (*store.Store, error) {
	database, err := open(string(s.DatabaseURL))
	if err != nil {
		return nil, fmt.Errorf("KOPPEL_DATABASE_URL: %w", err)
	}
	return database, nil
}

// batchStore opens the database for a command that needs nothing else.
func batchStore(command string) func(context.Context) (*store.Store, error) {
	return func(context.Context) (*store.Store, error) {
		s, err := readSettings(command, os.Environ())
		if err != nil {
			return nil, err
		}
		return s.openStore(store.OpenBatch)
	}
}

// dialTemporal prepares a client. It does not connect yet.
func (s settings) dialTemporal(log *slog.Logger) (temporalClient, error) {
	options := s.TemporalClient
	options.Logger = sdklog.NewStructuredLogger(log)
	if err := measuring(&options); err != nil {
		return temporalClient{}, err
	}
	temporal, err := client.NewLazyClient(options)
	if err != nil {
		return temporalClient{}, fmt.Errorf("client of Temporal: %w", err)
	}
	return temporalClient{temporal, cmp.Or(options.Namespace, client.DefaultNamespace)}, nil
}
