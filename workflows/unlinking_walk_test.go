package workflows

import (
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

type unlinkingWalk struct{ *playedUnlinking }

func walkUnlinking(t *testing.T) walk { return &unlinkingWalk{newUnlinking(t, true)} }

func (w *unlinkingWalk) env() *testsuite.TestWorkflowEnvironment { return w.TestWorkflowEnvironment }
func (w *unlinkingWalk) query() string                           { return UnlinkingState }
func (w *unlinkingWalk) play()                                   { w.ExecuteWorkflow(Unlinking, w.in) }

func (w *unlinkingWalk) prepare(step onboarding.Step, event string, result onboarding.Step) (reached, look time.Duration) {
	reached = 10 * time.Second
	if step != onboarding.AwaitAgent {
		w.act(time.Second, ProposeUnlink, "fatima")
	}
	if step == onboarding.Notifying {
		w.mailsHeld = 40 * time.Second
		w.act(2*time.Second, ConfirmUnlink, "bilal")
	}
	w.script(step, event, result, reached)
	if event == undecidedTooLong {
		return reached, onboarding.UnlinkingOpen + time.Minute
	}
	return reached, reached + 90*time.Second
}

// script makes the event have its result.
func (w *unlinkingWalk) script(step onboarding.Step, event string, result onboarding.Step, reached time.Duration) {
	refused := activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.NoAgent}}
	switch {
	case event == proposalVoid:
		w.in.Reported, w.propose = false, refused
		w.act(reached+time.Millisecond, ProposeUnlink, "joost")
	case event == ProposeUnlink && result == step:
		w.propose = refused
	case event == ConfirmUnlink && result == step:
		w.confirm = refused
	case event == ConfirmUnlink:
		w.mailsHeld = reached + 2*time.Minute
	case event == DismissUnlink && result == step:
		w.dismiss = refused
	}
}
