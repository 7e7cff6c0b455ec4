package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	sdklog "go.temporal.io/sdk/log"

	"koppel/store"
)

// openStore opens the database with one of store's ways: for people who wait, or for batches.
func (s settings) openStore(open func(url string) (*store.Store, error)) (*store.Store, error) {
	database, err := open(s.DatabaseURL)
	if err != nil {
		return nil, fmt.Errorf("KOPPEL_DATABASE_URL: %w", err)
	}
	return database, nil
}

// openStore is for the commands that need nothing but the database.
func openStore(ctx context.Context) (*store.Store, error) {
	s, err := readSettings("import", os.Environ())
	if err != nil {
		return nil, fmt.Errorf("settings:\n%w", err)
	}
	return s.openStore(store.OpenBatch)
}

// dialTemporal prepares a client from Temporal's own settings. It does not connect yet.
func dialTemporal(log *slog.Logger) (temporalClient, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return temporalClient{}, fmt.Errorf("settings of Temporal: %w", err)
	}
	options.Logger = sdklog.NewStructuredLogger(log)
	temporal, err := client.NewLazyClient(options)
	if err != nil {
		return temporalClient{}, fmt.Errorf("client of Temporal: %w", err)
	}
	return temporalClient{temporal, cmp.Or(options.Namespace, client.DefaultNamespace)}, nil
}
