package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"koppel/worker"
)

func showBuilds(log *slog.Logger) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "List the builds of the worker, with the open workflows of each",
		Long: "Lists the builds that Temporal remembers, the newest first: whether workers of it run, which share of the work it\n" +
			"gets, and how many workflows under way made their last step with it.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withBuilds(log, func(_ settings, builds worker.Builds) error {
				ctx, cancel := context.WithTimeout(cmd.Context(), deployPatience)
				defer cancel()
				known, err := builds.List(ctx)
				if err != nil {
					return err
				}
				unversioned, err := builds.Unversioned(ctx)
				if err != nil {
					return err
				}
				return writeBuilds(cmd.OutOrStdout(), known, unversioned)
			})
		},
	}
}

func writeBuilds(out io.Writer, builds []worker.Build, unversioned int64) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "BUILD\tGETS\tWORKERS\tOPEN\tSINCE")
	for _, build := range builds {
		workers := "none"
		if build.Polling {
			workers = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", build.ID, shareOf(build), workers, build.Open, build.Since.UTC().Format("2006-01-02 15:04"))
	}
	fmt.Fprintf(table, "without a build\t\t\t%d\t\n", unversioned)
	return table.Flush()
}

// shareOf is what a build gets of the work.
func shareOf(build worker.Build) string {
	switch {
	case build.Current:
		return "the work"
	case build.Percent > 0:
		return fmt.Sprintf("%g%%", build.Percent)
	}
	return "nothing"
}
