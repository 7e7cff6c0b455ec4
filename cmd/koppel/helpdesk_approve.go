package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

func approveReference(c *counter) *cobra.Command {
	return &cobra.Command{
		Use:   "approve REFERENCE",
		Short: "Propose to approve what a representative was asked; the same of another agent approves it",
		Long: "Answers in the place of a representative who is not known or does not answer. The first agent proposes, and the\n" +
			"same command of another agent approves: the user then gets a mail with a PIN,\n" +
			"or has the institution in the account. See `koppel helpdesk refuse`.",
		Args: cobra.ExactArgs(1),
		RunE: c.answer(onboarding.Approved),
	}
}

func refuseReference(c *counter) *cobra.Command {
	return &cobra.Command{
		Use:   "refuse REFERENCE",
		Short: "Propose to refuse what a representative was asked; the same of another agent refuses it",
		Args:  cobra.ExactArgs(1),
		RunE:  c.answer(onboarding.Declined),
	}
}

// answer is what an agent does about the question that a reference waits for.
func (c *counter) answer(decision onboarding.Decision) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		reference, err := onboarding.ParseReference(args[0])
		if err != nil {
			return fmt.Errorf("helpdesk %s: %q is no reference: want eight signs, as K3TF-9M2Q", cmd.Name(), args[0])
		}
		return c.act(cmd, helpdesk.Propose, func(s shift, act helpdesk.Act) error {
			asked, err := s.question(cmd.Context(), reference)
			if err != nil {
				return fmt.Errorf("helpdesk %s: %w", cmd.Name(), err)
			}
			verdict, err := s.decide(cmd.Context(), asked, workflows.AgentDecision{Decision: decision, Act: act})
			if err != nil {
				return fmt.Errorf("helpdesk %s: %w", cmd.Name(), err)
			}
			return printAnswer(cmd, asked, decision, verdict)
		})
	}
}

// question is the one that a reference waits for.
func (s shift) question(ctx context.Context, reference onboarding.Reference) (store.ApprovalAsked, error) {
	open, err := s.db.OpenApprovals(ctx, reference)
	switch {
	case err != nil:
		return store.ApprovalAsked{}, err
	case len(open) == 0:
		return store.ApprovalAsked{}, fmt.Errorf("no representative is being asked for %s: look with `koppel helpdesk show`", reference)
	case len(open) > 1:
		return store.ApprovalAsked{}, fmt.Errorf("%s waits for %d answers: ask the operators", reference, len(open))
	}
	return open[0], nil
}

// decide sends the answer to the case.
func (s shift) decide(ctx context.Context, asked store.ApprovalAsked, decision workflows.AgentDecision) (verdict onboarding.Verdict, err error) {
	err = s.temporal(ctx, func(ctx context.Context, engine temporalClient) error {
		handle, err := engine.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
			WorkflowID: asked.WorkflowID, UpdateID: rand.Text(), UpdateName: workflows.AgentDecide,
			Args: []any{decision}, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err != nil {
			return err
		}
		return handle.Get(ctx, &verdict)
	})
	return verdict, answerError(err)
}

// answerError says in the agent's words why an answer was not taken.
func answerError(err error) error {
	var none *serviceerror.NotFound
	var rejected *temporal.ApplicationError
	switch {
	case errors.As(err, &none), errors.As(err, &rejected) && rejected.Type() == string(onboarding.Stale):
		return errors.New("nobody waits for an answer any more: look with `koppel helpdesk show`")
	case errors.As(err, &rejected) && rejected.Type() == string(onboarding.Busy):
		return errors.New("somebody else is at it: try again in a moment")
	}
	return err
}

var decided = map[onboarding.Decision]string{onboarding.Approved: "approved", onboarding.Declined: "refused"}

// printAnswer tells what became of an answer.
func printAnswer(cmd *cobra.Command, asked store.ApprovalAsked, decision onboarding.Decision, verdict onboarding.Verdict) error {
	who := fmt.Sprintf("%s (KvK %s) for %s %s", asked.Organisation, asked.KvK, asked.Institution, asked.Name)
	switch verdict.Outcome {
	case onboarding.Accepted:
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %s is %s. The user is told by mail.\n", asked.Reference, who, decided[decision])
		return nil
	case onboarding.Proposed:
		fmt.Fprintf(cmd.OutOrStdout(), "%s: proposed that %s is %s. Another agent confirms it with the same command.\n",
			asked.Reference, who, decided[decision])
		return nil
	case onboarding.SecondNeeded:
		return fmt.Errorf("helpdesk %s: %w", cmd.Name(), helpdesk.ErrSame)
	case onboarding.NoAgent:
		return fmt.Errorf("helpdesk %s: %w", cmd.Name(), helpdesk.ErrUnknown)
	case onboarding.AlreadyDecided:
		return fmt.Errorf("helpdesk %s: somebody has answered meanwhile", cmd.Name())
	}
	return fmt.Errorf("helpdesk %s: not done (%s): try again in a moment", cmd.Name(), verdict.Outcome)
}
