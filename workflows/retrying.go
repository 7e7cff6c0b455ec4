package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"koppel/helpdesk"
	"koppel/onboarding"
)

// handleRetry registers RetryNow, by which an operator has a parked step done again. also is as in handle, and is asked
// again when it is known who the operator is.
func (j *journey) handleRetry(ctx workflow.Context, description string, again func(workflow.Context) error, also func() error) error {
	j.guards[RetryNow] = also
	handler := func(ctx workflow.Context, in Help) (onboarding.Verdict, error) {
		checked, err := j.judgeHelp(ctx, "Opnieuw proberen voor beheer", RetryNow, do.AgentRetry, in)
		if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
			return checked.Verdict, err
		}
		if j.fits(RetryNow, also) != nil {
			return onboarding.Verdict{Outcome: onboarding.AskAgain}, nil
		}
		return checked.Verdict, again(ctx)
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, RetryNow, handler, workflow.UpdateHandlerOptions{
		Description: description,
		Validator:   func(Help) error { return j.fits(RetryNow, also) },
	})
}

// Retries tells whether a case at the step that visibility has of it takes RetryNow.
func Retries(listed Listed) bool {
	return slices.Contains(helpdesk.Fits(helpdesk.Retry, listed.Kind), listed.Step)
}
