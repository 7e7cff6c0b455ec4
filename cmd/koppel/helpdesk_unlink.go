package main

import (
	"context"
	"errors"
	"fmt"
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

func unlinkReference(c *counter) *cobra.Command {
	command := &cobra.Command{
		Use:   "unlink REFERENCE",
		Short: "Propose to unlink an eHerkenning login; another agent confirms it",
		Long: "Proposes to take an eHerkenning login from its person. REFERENCE is that of its case, or of the report of the user.\n" +
			"Another agent looks into it and confirms it within seven days, or nothing changes:\n\n" +
			"  koppel helpdesk unlink confirm REFERENCE --reason … --ticket …\n" +
			"  koppel helpdesk unlink dismiss REFERENCE --reason … --ticket …\n\n" +
			"The login then has no access any more, its sessions are ended, and the person and the representatives are told by\n" +
			"mail. The last way in to an institution is not removed before a new activation code stands ready: issue one\n" +
			"(koppel helpdesk code issue) after the proposal, send its letter, and have the unlinking confirmed.",
		Args: cobra.ExactArgs(1),
		RunE: c.unlinkVerb(helpdesk.Propose, workflows.ProposeUnlink),
	}
	command.AddCommand(&cobra.Command{
		Use: "confirm REFERENCE", Short: "Confirm what another agent proposed", Args: cobra.ExactArgs(1),
		RunE: c.unlinkVerb(helpdesk.Confirm, workflows.ConfirmUnlink),
	}, &cobra.Command{
		Use: "dismiss REFERENCE", Short: "End a proposal, or a report of a user, without unlinking", Args: cobra.ExactArgs(1),
		RunE: c.unlinkVerb(helpdesk.Dismiss, workflows.DismissUnlink),
	})
	return command
}

// unlinkVerb is what an agent does about the unlinking of a reference.
func (c *counter) unlinkVerb(verb helpdesk.Verb, update string) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		reference, err := onboarding.ParseReference(args[0])
		if err != nil {
			return fmt.Errorf("helpdesk unlink: %q is no reference: want eight signs, as K3TF-9M2Q", args[0])
		}
		return c.act(cmd, verb, func(s shift, act helpdesk.Act) error {
			identity, err := s.identity(cmd.Context(), reference)
			if err != nil {
				return fmt.Errorf("helpdesk unlink: %w", err)
			}
			answer, err := s.unlink(cmd.Context(), update, act, workflows.UnlinkingInput{
				Case: onboarding.NewID(), Identity: identity, Reference: reference, At: s.now()})
			if err != nil {
				return fmt.Errorf("helpdesk unlink: %w", err)
			}
			return printUnlink(cmd, update, reference, answer)
		})
	}
}

// identity is whose cases have a reference.
func (s shift) identity(ctx context.Context, reference onboarding.Reference) (identity string, err error) {
	err = s.db.Transact(ctx, func(tx *store.Tx) error {
		cases, err := tx.CasesByReference(ctx, reference)
		if err != nil {
			return err
		}
		for _, found := range cases {
			if identity != "" && identity != found.Identity {
				return fmt.Errorf("%s is of more than one person: ask the operators", reference)
			}
			identity = found.Identity
		}
		return nil
	})
	if err == nil && identity == "" {
		err = fmt.Errorf("%s is of no case", reference)
	}
	return identity, err
}

// unlink sends an act to the unlinking of an identity. A proposal starts it where none runs.
func (s shift) unlink(ctx context.Context, update string, act helpdesk.Act, in workflows.UnlinkingInput) (answer workflows.UnlinkAnswer, err error) {
	options := client.UpdateWorkflowOptions{
		WorkflowID: workflows.UnlinkingID(in.Identity), UpdateID: onboarding.NewID(), UpdateName: update, Args: []any{act},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
	err = s.temporal(ctx, func(ctx context.Context, engine temporalClient) error {
		var handle client.WorkflowUpdateHandle
		var err error
		if update == workflows.ProposeUnlink {
			start := engine.NewWithStartWorkflowOperation(workflows.UnlinkingOptions(in), workflows.UnlinkingName, in)
			handle, err = engine.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
				StartWorkflowOperation: start, UpdateOptions: options})
		} else {
			handle, err = engine.UpdateWorkflow(ctx, options)
		}
		if err != nil {
			return err
		}
		return handle.Get(ctx, &answer)
	})
	return answer, unlinkError(err)
}

// unlinkError says in the agent's words why an act was not taken.
func unlinkError(err error) error {
	var none *serviceerror.NotFound
	var rejected *temporal.ApplicationError
	switch {
	case errors.As(err, &none):
		return errors.New("nobody has proposed it: begin with `koppel helpdesk unlink`")
	case errors.As(err, &rejected) && rejected.Type() == string(onboarding.Stale):
		return errors.New("it is at another step by now: look with `koppel helpdesk show`")
	case errors.As(err, &rejected) && rejected.Type() == string(onboarding.Busy):
		return errors.New("somebody else is at it: try again in a moment")
	}
	return err
}

// printUnlink tells what became of an act.
func printUnlink(cmd *cobra.Command, update string, reference onboarding.Reference, answer workflows.UnlinkAnswer) error {
	switch answer.Outcome {
	case onboarding.Accepted:
		fmt.Fprintf(cmd.OutOrStdout(), unlinkDone[update]+"\n", reference)
		return nil
	case onboarding.SecondNeeded:
		return fmt.Errorf("helpdesk unlink: %w", helpdesk.ErrSame)
	case onboarding.NoAgent:
		return fmt.Errorf("helpdesk unlink: %w", helpdesk.ErrUnknown)
	case onboarding.NotLinked:
		return fmt.Errorf("helpdesk unlink: the login of %s is not linked (any more)", reference)
	case onboarding.CodeNeeded:
		return codeNeeded(answer.Institutions)
	}
	return fmt.Errorf("helpdesk unlink: not done (%s): try again in a moment", answer.Outcome)
}

func codeNeeded(institutions []onboarding.InstitutionCode) error {
	var lines []string
	for _, institution := range institutions {
		lines = append(lines, fmt.Sprintf("  koppel helpdesk code issue %s", institution))
	}
	return fmt.Errorf("helpdesk unlink: this is the last way in. First issue a new activation code and send its letter, then confirm again:\n%s",
		strings.Join(lines, "\n"))
}

var unlinkDone = map[string]string{
	workflows.ProposeUnlink: "Proposed. Another agent confirms it within 7 days: koppel helpdesk unlink confirm %s",
	workflows.ConfirmUnlink: "Unlinked. The person and the representatives are told by mail. See: koppel helpdesk show %s",
	workflows.DismissUnlink: "Dismissed; nothing has changed. See: koppel helpdesk show %s",
}
