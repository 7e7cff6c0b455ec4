package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// listFlags are what narrows a list.
type listFlags struct {
	step, institution, attention string
	older                        time.Duration
	most                         int
}

func listCases(c *counter) *cobra.Command {
	var flags listFlags
	command := &cobra.Command{
		Use:   "list",
		Short: "List the cases that are under way: by step, by age of the step, by institution, by what wants attention",
		Long: "Lists cases with the longest at their step first, and the query that finds them in Temporal UI, which takes no\n" +
			"times like \"a day ago\". Without flags it lists all cases that are under way.\n\n" +
			"  koppel helpdesk list --attention                         what somebody has to look at\n" +
			"  koppel helpdesk list --step await_pin --older 24h        who waits for a PIN since yesterday\n" +
			"  koppel helpdesk list --institution 03AB                  what goes on at a school",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.serve(cmd, helpdesk.List, func(s shift) error {
				filter, err := flags.filter(s.now())
				if err != nil {
					return fmt.Errorf("helpdesk list: %w", err)
				}
				return s.list(cmd, filter, flags.most)
			})
		},
	}
	command.Flags().StringVar(&flags.step, "step", "", "cases at this step, as await_pin; one that is an end lists cases that are over")
	command.Flags().StringVar(&flags.institution, "institution", "", "cases of this school or board")
	command.Flags().StringVar(&flags.attention, "attention", "", "cases that want attention, or only for this, as mail_refused")
	command.Flags().Lookup("attention").NoOptDefVal = workflows.AnyAttention
	command.Flags().DurationVar(&flags.older, "older", 0, "cases that have been at their step for longer, as 24h")
	command.Flags().IntVar(&flags.most, "most", 100, "how many at most")
	return command
}

var attentionPattern = regexp.MustCompile(`^[a-z_]{1,40}$`)

// filter reads the flags. What does not look as it should is told, and nothing is asked.
func (f listFlags) filter(now time.Time) (filter workflows.Filter, err error) {
	filter = workflows.Filter{Step: onboarding.Step(f.step), Attention: f.attention}
	if f.step != "" && !slices.Contains(workflows.Steps(), filter.Step) {
		return filter, fmt.Errorf("--step: want one of %v", workflows.Steps())
	}
	if f.institution != "" {
		if filter.Institution, err = onboarding.ParseInstitutionCode(f.institution); err != nil {
			return filter, fmt.Errorf("--institution: %q is no code of a school (03AB) or a board (10249)", f.institution)
		}
	}
	if f.attention != "" && !attentionPattern.MatchString(f.attention) {
		return filter, fmt.Errorf("--attention: want a word as mail_refused, or nothing")
	}
	if f.older < 0 || f.most < 1 || f.most > listedMost {
		return filter, fmt.Errorf("--older: want a time as 24h; --most: want 1 to %d", listedMost)
	}
	if f.older > 0 {
		filter.Before = now.Add(-f.older)
	}
	return filter, nil
}

// list prints what a filter finds, and notes who asked.
func (s shift) list(cmd *cobra.Command, filter workflows.Filter, most int) error {
	var found []workflows.Listed
	var more bool
	err := s.temporal(cmd.Context(), func(ctx context.Context, engine temporalClient) (err error) {
		found, more, err = engine.find(ctx, filter.Query(), most)
		return err
	})
	if err != nil {
		return fmt.Errorf("helpdesk list: %w", err)
	}
	err = s.db.Transact(cmd.Context(), func(tx *store.Tx) error {
		return tx.Audit(cmd.Context(), store.Event{At: s.now(), Name: onboarding.HelpdeskListed, Detail: map[string]any{
			"agent": s.agent.ID, "step": filter.Step, "institution": filter.Institution, "attention": filter.Attention, "cases": len(found)}})
	})
	if err != nil {
		return fmt.Errorf("helpdesk list: %w", err)
	}
	if err := printListed(cmd.OutOrStdout(), found); err != nil {
		return err
	}
	if more {
		fmt.Fprintf(cmd.OutOrStdout(), "Er zijn er meer dan %d: kies er minder, of --most.\n", most)
	}
	s.printQuery(cmd.OutOrStdout(), filter.Query())
	return nil
}

// listedMost is how many cases are fetched to find those that have been at their step for longest.
const listedMost = 1000

// find asks visibility for workflows and returns at most so many, those first that have been at their step for longest.
// more tells that there are others.
func (t temporalClient) find(ctx context.Context, query string, most int) (found []workflows.Listed, more bool, err error) {
	request := &workflowservice.ListWorkflowExecutionsRequest{Namespace: t.namespace, Query: query, PageSize: 100}
	for {
		page, err := t.ListWorkflow(ctx, request)
		if err != nil {
			return nil, false, fmt.Errorf("list cases: %w", err)
		}
		for _, info := range page.GetExecutions() {
			listed, err := workflows.ReadListed(info)
			if err != nil {
				return nil, false, err
			}
			found = append(found, listed)
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 || len(found) > listedMost {
			break
		}
	}
	slices.SortStableFunc(found, func(a, b workflows.Listed) int { return a.Since.Compare(b.Since) })
	if len(found) > most {
		return found[:most], true, nil
	}
	return found, false, nil
}

func printListed(out io.Writer, found []workflows.Listed) error {
	if len(found) == 0 {
		fmt.Fprintln(out, "Geen zaken gevonden.")
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "REFERENTIE\tSOORT\tSTAP\tSINDS\tUITERLIJK\tINSTELLING\tLET OP")
	for _, each := range found {
		var codes []string
		for _, code := range each.Institutions {
			codes = append(codes, string(code))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", each.Reference, kindNames[each.Kind], each.Step,
			workflows.ClockText(each.Since), workflows.ClockText(each.Deadline), strings.Join(codes, " "), each.Attention)
	}
	return table.Flush()
}

// printQuery says how to find the same in Temporal UI.
func (s shift) printQuery(out io.Writer, query string) {
	fmt.Fprintf(out, "\nIn Temporal UI: %s\n", query)
	namespace := s.settings.TemporalClient.Namespace
	if namespace == "" {
		namespace = client.DefaultNamespace
	}
	if link := workflows.QueryLink(string(s.settings.TemporalUI), namespace, query); link != "" {
		fmt.Fprintf(out, "  %s\n", link)
	}
}
