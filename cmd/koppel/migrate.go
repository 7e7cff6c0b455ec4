package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/store"
	"koppel/workflows"
)

func migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database schema and what Temporal has to know up to date",
		Long: "Applies the migrations that the database does not have yet, and registers the search attributes and the\n" +
			"Schedules in Temporal when TEMPORAL_ADDRESS is set. Running it again changes nothing.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings("migrate", os.Environ())
			if err != nil {
				return err
			}
			if err := migrateDatabase(cmd.Context(), s, cmd.OutOrStdout()); err != nil {
				return err
			}
			if s.TemporalAddress == "" {
				return nil
			}
			return prepareTemporal(cmd.Context(), s, cmd.OutOrStdout())
		},
	}
}

func migrateDatabase(ctx context.Context, s settings, out io.Writer) error {
	database, err := s.openStore(store.OpenBatch)
	if err != nil {
		return err
	}
	defer database.Close()
	applied, err := database.Migrate(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "database: %d migrations applied\n", len(applied))
	return nil
}

func prepareTemporal(ctx context.Context, s settings, out io.Writer) error {
	c, err := s.dialTemporal(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := registerSearchAttributes(ctx, c, s, out); err != nil {
		return err
	}
	for _, schedule := range workflows.Schedules() {
		if err := keepSchedule(ctx, c.ScheduleClient(), schedule); err != nil {
			return err
		}
		fmt.Fprintf(out, "temporal: Schedule %s\n", schedule.ID)
	}
	return nil
}

// keepSchedule makes a Schedule, or brings it up to date. One that somebody has paused stays paused.
func keepSchedule(ctx context.Context, schedules client.ScheduleClient, wanted client.ScheduleOptions) error {
	_, err := schedules.Create(ctx, wanted)
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return wrapSchedule(wanted.ID, err)
	}
	return wrapSchedule(wanted.ID, schedules.GetHandle(ctx, wanted.ID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			known := in.Description.Schedule
			known.Spec, known.Action = &wanted.Spec, wanted.Action
			known.Policy.Overlap, known.Policy.CatchupWindow = wanted.Overlap, wanted.CatchupWindow
			return &client.ScheduleUpdate{Schedule: &known}, nil
		},
	}))
}

func wrapSchedule(id string, err error) error {
	if err != nil {
		return fmt.Errorf("schedule %s: %w", id, err)
	}
	return nil
}

func registerSearchAttributes(ctx context.Context, c client.Client, s settings, out io.Writer) error {
	namespace := cmp.Or(s.TemporalClient.Namespace, client.DefaultNamespace)
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("list search attributes: %w", err)
	}
	missing := map[string]enumspb.IndexedValueType{}
	for _, key := range workflows.SearchAttributes() {
		if _, found := known.CustomAttributes[key.GetName()]; !found {
			missing[key.GetName()] = key.GetValueType()
		}
	}
	fmt.Fprintf(out, "temporal: %d search attributes added\n", len(missing))
	if len(missing) == 0 {
		return nil
	}
	return addSearchAttributes(ctx, c, namespace, missing)
}

func addSearchAttributes(ctx context.Context, c client.Client, namespace string, missing map[string]enumspb.IndexedValueType) error {
	_, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	if err != nil {
		return fmt.Errorf("add search attributes: %w", err)
	}
	return nil
}
