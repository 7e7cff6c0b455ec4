package workflows

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

// walkedReset walks the table of a request for a new password.
type walkedReset struct{ *playedReset }

func walkReset(t *testing.T) walk { return &walkedReset{newReset(t)} }

func (w *walkedReset) env() *testsuite.TestWorkflowEnvironment { return w.TestWorkflowEnvironment }

func (w *walkedReset) query() string { return PasswordResetState }

func (w *walkedReset) play() {
	w.ExecuteWorkflow(PasswordReset, PasswordResetInput{Case: "case", Identity: "identity", Reference: "K3TF-9M2Q", Language: "nl", AskedAt: w.started})
}

const walkedFor = time.Minute // until the step is reached

func (w *walkedReset) prepare(step onboarding.Step, event string, result onboarding.Step) (reached, look time.Duration) {
	w.reach(step)
	if event == RetryNow && step == onboarding.MailingLink {
		w.send = func(activities.MailJob) (activities.Sent, error) {
			return activities.Sent{State: onboarding.MailRefused}, nil
		}
	}
	w.RegisterDelayedCallback(func() { w.make(step, event, result) }, walkedFor)
	switch event {
	case accountFound, nobodyFound, nothingFound:
		w.update(walkedFor+time.Millisecond, "found", RequestReset)
	case linkTakenOver, linksTurnedDown:
		return walkedFor, walkedFor + 5*time.Minute
	case timeToRemind:
		return walkedFor, onboarding.ResetFirstReminder + time.Minute
	case bothTold, deadlinePasses:
		return walkedFor, onboarding.ResetOpen + time.Hour
	}
	return walkedFor, walkedFor + time.Second
}

// reach brings the case to a step, and keeps it there.
func (w *walkedReset) reach(step onboarding.Step) {
	switch step {
	case onboarding.Finding:
		return
	case onboarding.AwaitEnd:
		w.find = outcome(onboarding.UnknownAccount)
	case onboarding.AwaitHelpdesk:
		w.find = outcome(onboarding.NoRepresentative)
	case onboarding.MailingLink:
		w.send = w.mailAway
	case onboarding.AwaitRepresentative:
		w.send = func(m activities.MailJob) (activities.Sent, error) {
			if m.Number == 2 {
				return w.mailAway(m)
			}
			return activities.Sent{State: onboarding.MailSent}, nil
		}
	case onboarding.Notifying:
		w.update(30*time.Second, "chosen", SetPassword)
		w.notify = w.mailAway
	}
	w.update(time.Second, "asked", RequestReset)
}

func (w *walkedReset) mailAway(activities.MailJob) (activities.Sent, error) {
	return activities.Sent{}, errors.New("away")
}

// make scripts what becomes of the event.
func (w *walkedReset) make(step onboarding.Step, event string, result onboarding.Step) {
	sent := func(state onboarding.MailState) func(activities.MailJob) (activities.Sent, error) {
		return func(activities.MailJob) (activities.Sent, error) { return activities.Sent{State: state}, nil }
	}
	switch event {
	case RequestReset:
		w.find = outcome(onboarding.TooManyRequests)
		if step == onboarding.Finding {
			w.find = w.findAway
		}
	case nothingFound:
		w.find = outcome(onboarding.UnknownAccount)
	case accountFound:
		w.find, w.send = func() (activities.Checked, error) { return w.mailed(onboarding.ResetMail) }, w.mailAway
	case nobodyFound:
		w.find = outcome(onboarding.NoRepresentative)
	case SetPassword:
		w.notify = w.mailAway
		if result == step {
			w.choose = outcome(onboarding.KnownPassword)
		}
	case linkTakenOver:
		w.send = sent(onboarding.MailSent)
	case linksTurnedDown:
		w.send = sent(onboarding.MailRefused)
	case RetryNow, timeToRemind:
		w.send = w.mailAway
		switch result {
		case onboarding.AwaitHelpdesk:
			w.ask = outcome(onboarding.NoRepresentative)
		case onboarding.Voided:
			w.ask = outcome(onboarding.VoidRequest)
		}
	}
}

// findAway fails for a while.
func (w *walkedReset) findAway() (activities.Checked, error) {
	if w.Now().Sub(w.started) < walkedFor+10*time.Second {
		return activities.Checked{}, errors.New("away")
	}
	return activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.UnknownAccount}}, nil
}
