package workflows

import (
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

// additionWalk plays an addition whose activities can be held: they fail until a moment, so that a step of the system
// lasts.
type additionWalk struct {
	*askingAddition
	madeHeld, noticeHeld time.Duration // until then
	made                 activities.Completed
}

func walkAddition(t *testing.T) walk {
	w := &additionWalk{askingAddition: scriptAdditionApproval(newAdding(t)), made: activities.Completed{Outcome: onboarding.Accepted, Mails: addedMails}}
	w.complete = func() (activities.Completed, error) { return w.made, w.heldUntil(w.madeHeld) }
	w.adding.send = func(activities.MailJob) (activities.Sent, error) {
		return activities.Sent{State: onboarding.MailSent}, w.heldUntil(w.noticeHeld)
	}
	return w
}

func (w *additionWalk) heldUntil(moment time.Duration) error {
	if w.Now().Sub(w.started) < moment {
		return errAway
	}
	return nil
}

func (w *additionWalk) env() *testsuite.TestWorkflowEnvironment { return w.TestWorkflowEnvironment }
func (w *additionWalk) query() string                           { return LinkingState }

func (w *additionWalk) play() {
	w.ExecuteWorkflow(Addition, AdditionInput{Case: "case", Person: "person", Identity: "identity", Institution: "16AH",
		Reference: "K3TF-9M2Q", Language: "nl", At: w.started})
}

func (w *additionWalk) prepare(step onboarding.Step, event string, result onboarding.Step) (reached, look time.Duration) {
	begins := time.Second
	if event == deadlinePasses {
		begins = onboarding.AdditionOpen - time.Minute
	}
	reached, look = begins+10*time.Second, begins+100*time.Second
	switch step {
	case onboarding.Completing:
		w.madeHeld = begins + 40*time.Second
	case onboarding.Notifying:
		w.noticeHeld = begins + 40*time.Second
	}
	if step == onboarding.AwaitRepresentative {
		right := w.check
		w.check = w.needsApproval
		w.RegisterDelayedCallback(func() { w.check = right }, begins+time.Second)
	}
	if step != onboarding.AwaitProof {
		w.submit(begins, "proof", AskRepresentative)
	}
	if lasts := walkLasts[event]; lasts > 0 {
		look = reached + lasts
	}
	w.script(event, result, look+20*time.Second)
	return reached, look
}

// script makes the event have its result; a step of the system that it leads to lasts until later.
func (w *additionWalk) script(event string, result onboarding.Step, later time.Duration) {
	answers := func(outcome onboarding.Outcome) {
		w.check = func() (activities.Checked, error) {
			return activities.Checked{Verdict: onboarding.Verdict{Outcome: outcome}}, nil
		}
	}
	proving := event == AddAsContact || event == SubmitCredentials || event == SubmitActivationCode || event == AskRepresentative
	switch {
	case proving && result == onboarding.AwaitProof:
		answers(onboarding.WrongCredentials)
	case proving && result == onboarding.AwaitRepresentative:
		w.check = w.needsApproval
	case proving && result == onboarding.Cancelled:
		answers(onboarding.AlreadyAdded)
	case proving:
		w.madeHeld = later
	case event == DecideApproval || event == AgentDecide || event == WithdrawApproval:
		w.scriptAnswer(event, result, later)
	case event == institutionAdded:
		w.noticeHeld = later
	case event == additionTaken:
		w.made = activities.Completed{Outcome: onboarding.Taken}
	}
}

// scriptAnswer has the wait answered: by the representative, by agents, or by the person who withdraws.
func (w *additionWalk) scriptAnswer(event string, result onboarding.Step, later time.Duration) {
	w.madeHeld = later
	if result != onboarding.Completing { // else as it is
		w.decision = answers[result]
	}
	w.agents = []activities.Checked{w.decision}
	if event == WithdrawApproval && result == onboarding.AwaitRepresentative {
		w.withdrawal = answers[result]
	}
}
