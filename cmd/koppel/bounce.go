package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"koppel/bounces"
	"koppel/store"
)

// Exit codes that mail servers know (sysexits.h).
const (
	exitDataError = 65 // the message is of no use: don't bring it again
	exitTryLater  = 75 // bring it again later
)

// exitError is an error with an exit code of its own.
type exitError struct {
	code int
	error
}

func (e exitError) Unwrap() error { return e.error }

// ExitCode is asked by main.
func (e exitError) ExitCode() int { return e.code }

func bounceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "bounce",
		Short: "Take in a mail that came back, on standard input",
		Long: "Reads one delivery status notification on standard input, as a mail server pipes it, and has it noted in\n" +
			"the case that the mail belongs to. Taking the same one twice changes nothing.\n\n" +
			"It ends with 0 when that is done or the mail is merely late, with 65 when the message is no such\n" +
			"notification or no mail of koppel, and with 75 when the database or Temporal is away: then the mail server\n" +
			"tries again.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			desk, stop, err := openBounceDesk()
			if err != nil {
				return exitError{exitTryLater, err}
			}
			defer stop()
			return takeBounce(cmd.Context(), desk, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// openBounceDesk prepares the desk. A wrong setting costs no mail: the mail server tries again.
func openBounceDesk() (bounces.Desk, func(), error) {
	s, err := readSettings("bounce", os.Environ())
	if err != nil {
		return bounces.Desk{}, nil, err
	}
	database, err := s.openStore(store.Open)
	if err != nil {
		return bounces.Desk{}, nil, err
	}
	temporal, err := s.dialTemporal(slog.New(slog.DiscardHandler))
	if err != nil {
		return bounces.Desk{}, nil, errors.Join(err, database.Close())
	}
	stop := func() { temporal.Close(); database.Close() }
	return bounces.Desk{Store: database, Temporal: temporal}, stop, nil
}

func takeBounce(ctx context.Context, desk bounces.Desk, message io.Reader, out io.Writer) error {
	report, err := bounces.Read(message)
	if errors.Is(err, bounces.ErrUnreadable) {
		return exitError{exitDataError, err}
	}
	if err != nil {
		return exitError{exitTryLater, err}
	}
	result, err := desk.Take(ctx, report)
	switch {
	case err != nil:
		return exitError{exitTryLater, err}
	case result == bounces.Unknown:
		return exitError{exitDataError, errors.New("the message is not about a mail of koppel")}
	}
	fmt.Fprintf(out, "%s %s\n", result, report.Status)
	return nil
}
