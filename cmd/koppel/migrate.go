package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"

	"koppel/store"
	"koppel/workflows"
)

func migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database schema and Temporal's search attributes up to date",
		Long: "Applies the migrations that the database does not have yet, and registers the search attributes in\n" +
			"Temporal when TEMPORAL_ADDRESS is set. Running it again changes nothing.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings("migrate", os.Environ())
			if err != nil {
				return fmt.Errorf("settings:\n%w", err)
			}
			if err := migrateDatabase(cmd.Context(), s, cmd.OutOrStdout()); err != nil {
				return err
			}
			if os.Getenv("TEMPORAL_ADDRESS") == "" {
				return nil
			}
			return registerSearchAttributes(cmd.Context(), cmd.OutOrStdout())
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

func registerSearchAttributes(ctx context.Context, out io.Writer) error {
	c, err := dialTemporal(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer c.Close()
	namespace := cmp.Or(os.Getenv("TEMPORAL_NAMESPACE"), client.DefaultNamespace)
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
