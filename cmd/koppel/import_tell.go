package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"koppel/store"
	"koppel/workflows"
)

// starter starts workflows.
type starter interface {
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
}

// startPatience is how long Temporal may take to take one notice.
const startPatience = 5 * time.Second

func dialStarter(log *slog.Logger) func() (starter, func(), error) {
	return func() (starter, func(), error) {
		s, err := readSettings("import", os.Environ())
		if err != nil {
			return nil, nil, err
		}
		temporal, err := s.dialTemporal(log)
		if err != nil {
			return nil, nil, err
		}
		return temporal.Client, temporal.Close, nil
	}
}

func tellCommand(d desk) *cobra.Command {
	return &cobra.Command{
		Use:   "tell",
		Short: "Tell people of changes in the registers who have not been told yet",
		Long: "Starts the mails about merged, closed and moved institutions that an import could not start, because Temporal\n" +
			"was away. Nobody is told twice.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := d.open(cmd.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			started, waiting, err := d.tell(cmd.Context(), db)
			fmt.Fprintf(cmd.OutOrStdout(), "tell: %d mails started, %d wait\n", started, waiting)
			if err != nil {
				return fmt.Errorf("import tell: %w", err)
			}
			return nil
		},
	}
}

// tellAfterImport tells whoever has to be told, of earlier imports too. The import stands even when that has to wait.
func (d desk) tellAfterImport(cmd *cobra.Command, db *store.Store) error {
	started, waiting, err := d.tell(cmd.Context(), db)
	if started > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "tell: %d mails started\n", started)
	}
	if err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "tell: %d people have to wait for their mail: %v\n"+
			"tell: nothing is lost; `koppel import tell`, or the next import, starts it\n", waiting, err)
	}
	return nil
}

// tell starts the workflow of each notice that is not settled. One that runs, or has run, is joined: nobody is told
// twice.
func (d desk) tell(ctx context.Context, db *store.Store) (started, waiting int, err error) {
	notices, err := db.UnsettledNotices(ctx)
	if err != nil || len(notices) == 0 {
		return 0, 0, err
	}
	temporal, hangUp, err := d.dial()
	if err != nil {
		return 0, len(notices), err
	}
	defer hangUp()
	for i, notice := range notices {
		if err := startNotice(ctx, temporal, notice); err != nil {
			return i, len(notices) - i, err
		}
	}
	return len(notices), 0, nil
}

func startNotice(ctx context.Context, temporal starter, notice store.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	in := workflows.RegisterNoticeInput{
		Notice: notice.ID, Change: notice.Kind, Institution: notice.Institution, Other: notice.Other,
	}
	_, err := temporal.ExecuteWorkflow(ctx, workflows.RegisterNoticeOptions(in), workflows.RegisterNoticeName, in)
	var done *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &done) {
		return nil
	}
	return err
}
