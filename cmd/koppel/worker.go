package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"koppel/activities"
	"koppel/mail"
	"koppel/store"
	"koppel/worker"
)

func workerCommand(log *slog.Logger) *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: "Run the workflows and activities",
		Long: "Runs the journeys: checks what people submit, sends the mails, makes the links.\n" +
			"Run as many as wanted. SIGTERM lets it finish what it holds (up to 30 seconds).\n" +
			"It starts while the database, Temporal or the mail server is away, and works once they are there.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings("worker", os.Environ())
			if err != nil {
				return err
			}
			return runWorker(cmd, s, log)
		},
	}
}

func runWorker(cmd *cobra.Command, s settings, log *slog.Logger) error {
	database, err := s.openStore(store.Open)
	if err != nil {
		return err
	}
	defer database.Close()
	stopMeasuring, err := s.measure(cmd.Context(), "worker", database, log)
	if err != nil {
		return err
	}
	defer stopMeasuring()
	sender, err := mail.NewSender(mail.Settings{
		Address: string(s.SMTPAddress), From: string(s.MailFrom), ReplyTo: string(s.HelpdeskMail), BounceAddress: string(s.BounceAddress),
		Username: string(s.SMTPUsername), Password: string(s.SMTPPassword), TLS: s.SMTPTLS,
	})
	if err != nil {
		return err
	}
	temporal, err := s.dialTemporal(log)
	if err != nil {
		return err
	}
	defer temporal.Close()
	watch := workerHealth(log, database, temporal, sender)
	if err := errors.Join(measureParts(watch), measureQueues(database, time.Now)); err != nil {
		return err
	}
	stopHealth, err := serveHealth(watch, string(s.WorkerListen))
	if err != nil {
		return fmt.Errorf("KOPPEL_WORKER_LISTEN: %w", err)
	}
	go watch.Run(cmd.Context())
	go noteSettings(cmd.Context(), "worker", database, log)
	worker.Run(cmd.Context(), worker.Settings{
		Client: temporal.Client, BuildID: string(s.BuildID), Log: log,
		Activities: &activities.Activities{
			Store: database, Sender: sender, Letters: mail.Letters{HelpdeskPhone: string(s.HelpdeskPhone)},
			PublicURL: string(s.PublicURL),
			Lookup:    s.LookupKey, PINs: s.PINKeys, Records: s.RecordKeys, Receiver: s.HandoverKeys,
			Now: time.Now, Log: log,
		},
	})
	return stopHealth()
}
