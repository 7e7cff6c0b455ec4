package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// CaseVoided is the signal that tells a case that something else has ended it: its row is over. It carries nothing.
const CaseVoided = "CaseVoided"

// hearVoided learns that something else has ended the case. A case that was not told learns it by its next check.
func (j *journey) hearVoided(ctx workflow.Context) {
	workflow.GetSignalChannel(ctx, CaseVoided).Receive(ctx, nil)
	j.gone = true
}

// tellVoided tells workflows that their cases are over. One that has ended meanwhile needs no telling.
func tellVoided(ctx workflow.Context, workflows ...string) error {
	var told []workflow.Future
	for _, id := range workflows {
		told = append(told, workflow.SignalExternalWorkflow(ctx, id, "", CaseVoided, nil))
	}
	var failed error
	for _, each := range told {
		err := each.Get(ctx, nil)
		var over *temporal.UnknownExternalWorkflowExecutionError
		if !errors.As(err, &over) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
