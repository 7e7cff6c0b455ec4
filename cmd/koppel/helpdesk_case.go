package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// caseVerbs are what an agent can do about a case of whatever kind, and what is said when it is done.
var caseVerbs = []struct {
	verb              helpdesk.Verb
	short, long, done string
}{
	{helpdesk.Resend, "Renew the mail with a PIN",
		"Mails the PIN again, or a new one, to the address that the case has: as the button on the user's page does, under the\nsame limits.",
		"%s: the mail with the PIN is renewed."},
	{helpdesk.Correct, "Propose another address for the PIN; the same address from another agent mails it there",
		"Reads an address from standard input, so that it stands in no history of a shell. The first agent proposes it; another\n" +
			"agent who gives the same address has a PIN mailed there, and older PINs are dead. The user still has to fill in the PIN.",
		"%s: a PIN is mailed to the corrected address. Older PINs work no longer."},
	{helpdesk.Unlock, "End a lock after too many wrong passwords, codes or PINs",
		fmt.Sprintf("Ends the locks of the user's login, %d times a day at most. The next lock is the longer one all the same.", onboarding.Unlocks.Max),
		"%s: the lock is ended. The user can go on at the page."},
	{helpdesk.Extend, "Move the deadline of a case by a day",
		fmt.Sprintf("Moves the deadline of a case by %v, %d times at most. A password that was filled in stays good for a day.",
			onboarding.ExtendBy, onboarding.Extensions.Max),
		"%s: the case is open until %s."},
	{helpdesk.Cancel, "End a case",
		"Ends a case. Its PINs and links work no longer; the user reads on the page that the helpdesk has ended it, and can begin\nanew.",
		"%s: the case is ended. The user can begin anew."},
}

// caseCommands are the commands of caseVerbs.
func caseCommands(c *counter) (commands []*cobra.Command) {
	for _, each := range caseVerbs {
		commands = append(commands, &cobra.Command{
			Use: string(each.verb) + " REFERENCE", Short: each.short, Long: each.long, Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				reference, err := onboarding.ParseReference(args[0])
				if err != nil {
					return fmt.Errorf("helpdesk %s: %q is no reference: want eight signs, as K3TF-9M2Q", each.verb, args[0])
				}
				return c.act(cmd, each.verb, func(s shift, act helpdesk.Act) error {
					verdict, err := s.help(cmd, each.verb, reference, act)
					if err == nil {
						err = printHelp(cmd, reference, each.done, verdict)
					}
					if err != nil {
						return fmt.Errorf("helpdesk %s: %w", each.verb, err)
					}
					return nil
				})
			},
		})
	}
	return commands
}

// help sends what an agent does to the case of a reference.
func (s shift) help(cmd *cobra.Command, verb helpdesk.Verb, reference onboarding.Reference, act helpdesk.Act) (verdict onboarding.Verdict, err error) {
	found, err := s.openCase(cmd.Context(), verb, reference)
	if err != nil {
		return verdict, err
	}
	in := workflows.Help{Act: act}
	if verb == helpdesk.Correct {
		if in.Handover, err = s.handAddress(cmd, found.WorkflowID); err != nil {
			return verdict, err
		}
	}
	err = s.temporal(cmd.Context(), func(ctx context.Context, engine temporalClient) error {
		handle, err := engine.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
			WorkflowID: found.WorkflowID, UpdateID: onboarding.NewID(), UpdateName: workflows.HelpUpdate(verb),
			Args: []any{in}, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err != nil {
			return err
		}
		return handle.Get(ctx, &verdict)
	})
	return verdict, misfitError(err, verb, found)
}

// openCase is the case that is under way with a reference; of several, the one of a kind that takes the verb.
func (s shift) openCase(ctx context.Context, verb helpdesk.Verb, reference onboarding.Reference) (found store.Found, err error) {
	var all []store.Found
	err = s.db.Transact(ctx, func(tx *store.Tx) error {
		all, err = tx.CasesByReference(ctx, reference)
		return err
	})
	if err != nil {
		return found, err
	}
	open := slices.DeleteFunc(all, func(f store.Found) bool { return f.EndedAt.Valid })
	if len(open) == 0 {
		return found, fmt.Errorf("no case with %s is under way: look with `koppel helpdesk show`", reference)
	}
	for _, each := range open {
		if len(helpdesk.Fits(verb, each.Kind)) > 0 {
			return each, nil
		}
	}
	return open[0], nil // which says why not
}

// handAddress seals the address on standard input for the worker and returns the id of the hand-over.
func (s shift) handAddress(cmd *cobra.Command, workflowID string) (id string, err error) {
	fmt.Fprint(cmd.ErrOrStderr(), "Address: ")
	line, _ := bufio.NewReader(cmd.InOrStdin()).ReadString('\n') // what cannot be read is no address
	email, mistyped := onboarding.ParseEmail(line)
	if mistyped != nil {
		return "", errors.New("what was typed on standard input is no mail address")
	}
	plaintext, err := json.Marshal(map[string]any{"email": email})
	if err != nil {
		return "", err
	}
	id = onboarding.NewID()
	sealed, err := s.settings.HandoverPublicKey.Seal("handovers/"+id, plaintext)
	if err != nil {
		return "", err
	}
	return id, s.db.SaveHandover(cmd.Context(), store.Handover{ID: id, WorkflowID: workflowID, Sealed: sealed, CreatedAt: s.now()})
}

// misfitError says in the agent's words why a case did not take what was sent.
func misfitError(err error, verb helpdesk.Verb, found store.Found) error {
	var none *serviceerror.NotFound
	var rejected *temporal.ApplicationError
	switch {
	case errors.As(err, &none):
		return errors.New("the case has just ended: look with `koppel helpdesk show`")
	case errors.As(err, &rejected) && rejected.Type() == string(onboarding.Stale):
		return misfit(verb, found)
	case errors.As(err, &rejected) && rejected.Type() == string(onboarding.Busy):
		return errors.New("somebody else is at it: try again in a moment")
	}
	return err
}

func misfit(verb helpdesk.Verb, found store.Found) error {
	at := helpdesk.Fits(verb, found.Kind)
	stands := fmt.Sprintf("%s: %s (%s)", kindNames[found.Kind], workflows.StepName(found.Kind, found.Step), found.Step)
	switch {
	case len(at) > 0:
		return fmt.Errorf("not at this step. %s. It can be done at %v", stands, at)
	case found.Kind == onboarding.UnlinkingCase:
		return fmt.Errorf("not for this kind of case. %s. See `koppel helpdesk unlink --help`", stands)
	}
	return fmt.Errorf("not for this kind of case. %s", stands)
}

// helpRefusals are the answers of cases that did not do it.
var helpRefusals = map[onboarding.Outcome]string{
	onboarding.TooSoon:          "the last mail is less than a minute old: again at %s",
	onboarding.TooManyMails:     "too many mails were sent: again at %s, or in a new case",
	onboarding.TooManyAddresses: "the case has had as many addresses as it may",
	onboarding.NotLocked:        "nothing is locked that an agent could unlock. A limit on mails, or on a username that strangers try, ends by itself",
	onboarding.TooOften:         "agents have done this as often as they may. %s",
	onboarding.AskAgain:         "the case has moved on meanwhile: look with `koppel helpdesk show`",
}

// printHelp tells what became of it.
func printHelp(cmd *cobra.Command, reference onboarding.Reference, done string, verdict onboarding.Verdict) error {
	until := workflows.ClockText(verdict.Until)
	switch verdict.Outcome {
	case onboarding.Accepted:
		fmt.Fprintln(cmd.OutOrStdout(), filled(done, string(reference), until))
		return nil
	case onboarding.Proposed:
		fmt.Fprintf(cmd.OutOrStdout(), "%s: proposed. Another agent confirms it with the same command and the same address.\n", reference)
		return nil
	case onboarding.SecondNeeded:
		return helpdesk.ErrSame
	case onboarding.NoAgent:
		return helpdesk.ErrUnknown
	}
	if why := helpRefusals[verdict.Outcome]; why != "" {
		return errors.New(filled(why, until))
	}
	return fmt.Errorf("not done (%s): try again in a moment", verdict.Outcome)
}

// filled is a sentence with as many of the values as it has places for.
func filled(sentence string, values ...string) string {
	for _, value := range values {
		sentence = strings.Replace(sentence, "%s", value, 1)
	}
	return sentence
}
