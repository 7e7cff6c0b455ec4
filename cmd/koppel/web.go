package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"koppel/store"
	"koppel/web"
)

// drainTimeout is how long web finishes what it was asked before it stops.
const drainTimeout = 20 * time.Second

func webCommand(log *slog.Logger) *cobra.Command {
	return &cobra.Command{
		Use:   "web",
		Short: "Serve the pages",
		Long: "Serves the pages of MijnHelpdeskPO and the eHerkenning login.\n" +
			"Run as many as wanted. SIGTERM lets it finish what it was asked (up to 20 seconds).\n" +
			"It starts while the database or Temporal is away, and serves once they are there.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings("web", os.Environ())
			if err != nil {
				return err
			}
			return runWeb(cmd.Context(), s, log)
		},
	}
}

func runWeb(ctx context.Context, s settings, log *slog.Logger) error {
	database, err := s.openStore(store.Open)
	if err != nil {
		return err
	}
	defer database.Close()
	stopMeasuring, err := s.measure(ctx, "web", database, log)
	if err != nil {
		return err
	}
	defer stopMeasuring()
	temporal, err := s.dialTemporal(log)
	if err != nil {
		return err
	}
	defer temporal.Close()
	serviceProvider, err := s.serviceProvider()
	if err != nil {
		return err
	}
	watch := webHealth(log, database, temporal)
	if err := errors.Join(measureParts(watch), measureExpiries(serviceProvider, time.Now)); err != nil {
		return err
	}
	handler, err := web.New(web.Settings{
		Store: database, Temporal: temporal, ServiceProvider: serviceProvider,
		Lookup: s.LookupKey, Records: s.RecordKeys, Handover: s.HandoverPublicKey,
		PublicURL: string(s.PublicURL), HelpdeskMail: string(s.HelpdeskMail), HelpdeskPhone: string(s.HelpdeskPhone),
		MailFrom: string(s.MailFrom), BounceSecret: string(s.BounceSecret),
		Suppliers: s.Suppliers, TrustedProxies: s.TrustedProxies, Now: time.Now, Log: log, Health: watch,
	})
	if err != nil {
		return err
	}
	go watch.Run(ctx)
	go noteSettings(ctx, "web", database, log)
	go s.watchBroker(ctx, serviceProvider, log)
	log.InfoContext(ctx, "web started", "listen", s.Listen, "url", s.PublicURL)
	return serve(ctx, web.NewServer(handler, string(s.Listen)), log)
}

// serve runs server until ctx ends, then lets it finish what it was asked.
func serve(ctx context.Context, server *http.Server, log *slog.Logger) error {
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return fmt.Errorf("KOPPEL_LISTEN: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	log.InfoContext(ctx, "web stopping", "patience", drainTimeout.String())
	err := server.Shutdown(drain)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		log.WarnContext(ctx, "web stopped before all requests were answered")
	case err != nil:
		return fmt.Errorf("stop: %w", err)
	default:
		log.InfoContext(ctx, "web stopped")
	}
	return nil
}
