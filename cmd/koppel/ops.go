package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/time/rate"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

func opsCommand(c *counter) *cobra.Command {
	command := &cobra.Command{
		Use:   "ops",
		Short: "Act for operators: see what fails, bring it back, hold mail",
		Long: "What operators do. KOPPEL_AGENT_TOKEN says who you are; `koppel agent add NAME --role operator` makes it.\n\n" +
			"Whoever changes something says why (--reason outage, --reason mended) and where it is told of (--ticket).",
	}
	command.PersistentFlags().StringVar(&c.reason, "reason", "", "why, one of the list in `koppel helpdesk --help`")
	command.PersistentFlags().StringVar(&c.ticket, "ticket", "", "number of the incident, as INC-20261")
	command.AddCommand(listFailing(c), retryFailing(c), holdMail(c), releaseMail(c))
	return command
}

const queryHelp = "narrows it, in the language of Temporal UI: KoppelStep = \"mailing_pin\""

func listFailing(c *counter) *cobra.Command {
	var query string
	command := &cobra.Command{
		Use:   "failing",
		Short: "List what fails: activities that are tried again, and parked steps; with how many of each kind",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.serve(cmd, helpdesk.List, func(s shift) error {
				var seen tally
				err := s.eachFailing(cmd.Context(), query, func(_ context.Context, _ temporalClient, f failing) error {
					seen.add(f.kind())
					fmt.Fprintln(cmd.OutOrStdout(), f)
					return nil
				})
				if err == nil {
					err = s.db.Transact(cmd.Context(), func(tx *store.Tx) error {
						return tx.Audit(cmd.Context(), store.Event{At: s.now(), Name: onboarding.HelpdeskListed,
							Detail: map[string]any{"agent": s.agent.ID, "attention": "failing", "cases": seen.all}})
					})
				}
				if err != nil {
					return fmt.Errorf("ops failing: %w", err)
				}
				seen.print(cmd.OutOrStdout())
				s.printQuery(cmd.OutOrStdout(), failingQuery(query))
				return nil
			})
		},
	}
	command.Flags().StringVar(&query, "query", "", queryHelp)
	return command
}

func retryFailing(c *counter) *cobra.Command {
	var query string
	var perSecond float64
	var dry bool
	command := &cobra.Command{
		Use:   "retry-now",
		Short: "Have what fails done again now: activities in backoff by a reset, parked steps by the update RetryNow",
		Long: "Has all that `koppel ops failing` lists done again, but for activities that are paused, and those that are being tried or\n" +
			"will be within " + soon.String() + ". Interrupted, it can be given again: what has got done meanwhile is no longer listed, and\n" +
			"nothing has a second effect.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !(perSecond >= 1) { // nor NaN
				return fmt.Errorf("ops retry-now: --rate: want 1 per second or more")
			}
			return c.act(cmd, helpdesk.Retry, func(s shift, act helpdesk.Act) error {
				r := retrying{shift: s, act: act, dry: dry, out: cmd.OutOrStdout(), progress: cmd.ErrOrStderr(),
					pace: rate.NewLimiter(rate.Limit(perSecond), 1)}
				err := s.eachFailing(cmd.Context(), query, r.again)
				r.done.print(cmd.OutOrStdout())
				if r.near > 0 {
					fmt.Fprintf(cmd.OutOrStdout(), "%6d  more are being tried, or will be within %s\n", r.near, soon)
				}
				if err != nil {
					return fmt.Errorf("ops retry-now: %w; give the same command again", err)
				}
				return r.failed()
			})
		},
	}
	command.Flags().StringVar(&query, "query", "", queryHelp)
	command.Flags().Float64Var(&perSecond, "rate", 20, "how many a second at most")
	command.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and change nothing")
	return command
}

// inTime gives one call to Temporal its time.
func inTime(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	return call(ctx)
}
