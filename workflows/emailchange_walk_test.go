package workflows

import (
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

// changeWalk plays a change of address whose activities can be held, as linkingWalk does.
type changeWalk struct {
	*playedChange
	held linkingWalk // its times and its mail
}

func walkChange(t *testing.T) walk {
	w := &changeWalk{playedChange: newChange(t)}
	w.held = linkingWalk{awaiting: &awaiting{playedLinking: w.playedLinking}, mailSaid: activities.Sent{State: onboarding.MailSent}}
	w.sendPIN = func(activities.MailJob) (activities.Sent, error) {
		return w.held.mailSaid, w.held.heldUntil(w.held.mailHeld)
	}
	w.sendNotice = func() error { return w.held.heldUntil(w.held.noticeHeld) }
	w.changed = w.completes(onboarding.Accepted)
	w.request = func() (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{{Case: "case", Kind: onboarding.PINMail, Number: 2, Generation: 1}}}, nil
	}
	return w
}

func (w *changeWalk) completes(outcome onboarding.Outcome) func() (activities.Completed, error) {
	return func() (activities.Completed, error) {
		return activities.Completed{Outcome: outcome, Mails: []activities.MailJob{{Case: "case", Kind: onboarding.ChangedMail, Number: 1}}},
			w.held.heldUntil(w.held.linkHeld)
	}
}

func (w *changeWalk) env() *testsuite.TestWorkflowEnvironment { return w.TestWorkflowEnvironment }
func (w *changeWalk) query() string                           { return LinkingState }

func (w *changeWalk) play() {
	w.ExecuteWorkflow(EmailChange, EmailChangeInput{Case: "case", Identity: "identity", Person: "person",
		Reference: "K3TF-9M2Q", At: w.started, Institutions: []onboarding.InstitutionCode{"03AB"}, Language: "nl"})
}

func (w *changeWalk) prepare(step onboarding.Step, event string, result onboarding.Step) (reached, look time.Duration) {
	begins := time.Second
	reached = begins + 10*time.Second
	w.reach(step, event, begins)
	w.script(step, event, result, reached)
	return reached, reached + 90*time.Second
}

// reach brings the case to a step: a first address at begins, and what has to follow.
func (w *changeWalk) reach(step onboarding.Step, event string, begins time.Duration) {
	until := begins + 40*time.Second
	switch step {
	case onboarding.AwaitAddress:
		return
	case onboarding.MailingPIN:
		w.held.mailSaid = activities.Sent{State: onboarding.MailRefused, Code: 550} // it lasts for as long as is wanted
		if event == mailTaken {
			w.held.mailSaid, w.held.mailHeld = activities.Sent{State: onboarding.MailSent}, until
		}
	case onboarding.Completing:
		w.held.linkHeld = until
	case onboarding.Notifying:
		w.held.noticeHeld = until
	}
	w.send(begins, "address", ChangeAddress)
	if step == onboarding.Completing || step == onboarding.Notifying {
		w.send(begins+time.Second, "pin", SubmitPIN)
	}
	if step == onboarding.AwaitPIN && (event == RetryNow || event == mailTurnedDown || event == mailTaken) {
		w.held.askAnother(begins+2*time.Second, event)
	}
}

// script makes the event have its result.
func (w *changeWalk) script(step onboarding.Step, event string, result onboarding.Step, reached time.Duration) {
	refused := func(outcome onboarding.Outcome, over bool) func() (activities.Checked, error) {
		return func() (activities.Checked, error) {
			return activities.Checked{Verdict: onboarding.Verdict{Outcome: outcome}, Over: over}, nil
		}
	}
	switch {
	case event == SubmitPIN && result == onboarding.Completing:
		w.held.linkHeld = reached + 2*time.Minute
	case event == SubmitPIN:
		w.pin = refused(onboarding.WrongPIN, false)
	case event == ChangeAddress && result == onboarding.MailingPIN:
		w.RegisterDelayedCallback(func() { w.held.mailSaid = activities.Sent{State: onboarding.MailRefused, Code: 550} }, reached)
	case event == ChangeAddress:
		w.RegisterDelayedCallback(func() { w.address = refused(onboarding.TooManyAddresses, false) }, reached)
	case event == addressChanged:
		w.held.noticeHeld = reached + 2*time.Minute
	case event == identityMoved && step == onboarding.Completing:
		w.changed = w.completes(onboarding.AskAgain)
	case event == identityMoved: // which the next form finds
		w.RegisterDelayedCallback(func() { w.address = refused(onboarding.AskAgain, true) }, reached)
		w.send(reached+time.Second, "next", ChangeAddress)
	}
}
