package workflows

import (
	"cmp"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

// linkingWalk plays a linking whose activities can be held: they fail until a moment, so that a step of the system lasts.
type linkingWalk struct {
	*awaiting
	mailHeld, linkHeld, noticeHeld time.Duration // until then
	mailSaid                       activities.Sent
}

func walkLinking(t *testing.T) walk {
	w := &linkingWalk{awaiting: scriptApproval(newJourney(t)), mailSaid: activities.Sent{State: onboarding.MailSent}}
	w.sendPIN = func(activities.MailJob) (activities.Sent, error) { return w.mailSaid, w.heldUntil(w.mailHeld) }
	w.sendNotice = func() error { return w.heldUntil(w.noticeHeld) }
	made := w.complete
	w.complete = func() (activities.Completed, error) {
		completed, _ := made()
		return completed, w.heldUntil(w.linkHeld)
	}
	w.request = func() (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{{Case: "case", Kind: onboarding.PINMail, Number: 2, Generation: 1}}}, nil
	}
	return w
}

var errAway = errors.New("away")

func (w *linkingWalk) heldUntil(moment time.Duration) error {
	if w.ended() < moment {
		return errAway
	}
	return nil
}

func (w *linkingWalk) env() *testsuite.TestWorkflowEnvironment { return w.TestWorkflowEnvironment }
func (w *linkingWalk) query() string                           { return LinkingState }

func (w *linkingWalk) play() {
	w.ExecuteWorkflow(Linking, LinkingInput{Case: "case", Identity: "identity", Reference: "K3TF-9M2Q",
		Level: onboarding.EH3, Supplier: "urn:etoegang:AD:1:entities:1", AuthenticatedAt: w.started, Board: "10249", Language: "nl"})
}

func (w *linkingWalk) prepare(step onboarding.Step, event string, result onboarding.Step) (reached, look time.Duration) {
	begins := time.Second
	if event == deadlinePasses {
		begins = onboarding.LinkingOpen - time.Hour // later than the proof could lapse
	}
	reached = begins + 10*time.Second
	w.reach(step, event, begins)
	w.script(event, result, reached)
	return reached, reached + cmp.Or(walkLasts[event], 90*time.Second)
}

// walkLasts is how long after its step is reached an event has had its result; most take a moment.
var walkLasts = map[string]time.Duration{
	proofLapses: onboarding.ProofGood, approvalReminds: onboarding.ApprovalReminds, approvalLate: onboarding.ApprovalLate,
	approvalLapses: onboarding.ApprovalOpen,
}

// reach brings the case to a step: a first proof at begins, and what has to follow.
func (w *linkingWalk) reach(step onboarding.Step, event string, begins time.Duration) {
	held := begins + 40*time.Second
	switch step {
	case onboarding.AwaitProof:
		return
	case onboarding.MailingPIN:
		w.mailSaid = activities.Sent{State: onboarding.MailRefused, Code: 550} // it lasts for as long as is wanted
		if event == mailTaken {
			w.mailSaid, w.mailHeld = activities.Sent{State: onboarding.MailSent}, held
		}
	case onboarding.AwaitRepresentative:
		right := w.credentials
		w.credentials = w.needsApproval
		w.RegisterDelayedCallback(func() { w.credentials = right }, begins+time.Second)
	case onboarding.Completing:
		w.linkHeld = held
	case onboarding.Notifying:
		w.noticeHeld = held
	}
	w.send(begins, "proof", SubmitCredentials)
	if step == onboarding.Completing || step == onboarding.Notifying {
		w.send(begins+time.Second, "pin", SubmitPIN)
	}
	if step == onboarding.AwaitPIN && (event == RetryNow || event == mailTurnedDown || event == mailTaken) {
		w.askAnother(begins+2*time.Second, event)
	}
}

// askAnother has a second mail sent while the PIN is awaited, which is refused unless it is to be taken.
func (w *linkingWalk) askAnother(at time.Duration, event string) {
	w.RegisterDelayedCallback(func() {
		if event != mailTaken {
			w.mailSaid = activities.Sent{State: onboarding.MailRefused, Code: 550}
		}
	}, at-time.Millisecond)
	w.send(at, "another", ResendPIN)
}

// script makes the event have its result.
func (w *linkingWalk) script(event string, result onboarding.Step, reached time.Duration) {
	later := reached + 2*time.Minute
	refused := func(outcome onboarding.Outcome) func() (activities.Checked, error) {
		return func() (activities.Checked, error) {
			return activities.Checked{Verdict: onboarding.Verdict{Outcome: outcome}}, nil
		}
	}
	proving := event == SubmitCredentials || event == SubmitActivationCode
	switch {
	case proving && result == onboarding.AwaitProof:
		w.credentials = refused(onboarding.WrongCredentials)
	case proving && result == onboarding.AwaitRepresentative:
		w.credentials = w.needsApproval
	case proving:
		w.mailSaid = activities.Sent{State: onboarding.MailRefused, Code: 550}
	case event == SubmitPIN && result == onboarding.Completing:
		w.linkHeld = later
	case event == SubmitPIN:
		w.pin = refused(onboarding.WrongPIN)
	case event == ChangeAddress && result == onboarding.MailingPIN:
		w.RegisterDelayedCallback(func() { w.mailSaid = activities.Sent{State: onboarding.MailRefused, Code: 550} }, reached)
	case event == ChangeAddress:
		w.address = refused(onboarding.TooManyAddresses)
	case event == DecideApproval || event == AgentDecide || event == WithdrawApproval:
		w.scriptAnswer(event, result)
	case event == linkMade:
		w.noticeHeld = later
	case event == linkTaken:
		w.complete = func() (activities.Completed, error) {
			return activities.Completed{Outcome: onboarding.Taken}, w.heldUntil(w.linkHeld)
		}
	}
}

// answers are what leads from the wait to a step.
var answers = map[onboarding.Step]activities.Checked{
	onboarding.AwaitRepresentative: {Verdict: onboarding.Verdict{Outcome: onboarding.DeadLink}},
	onboarding.MailingPIN:          {Verdict: accepted, Decision: onboarding.Approved, Mails: []activities.MailJob{pinMail}},
	onboarding.AwaitProof:          {Verdict: accepted, Decision: onboarding.Declined},
}

// scriptAnswer has the wait answered: by the representative, by agents, or by the person who withdraws.
func (w *linkingWalk) scriptAnswer(event string, result onboarding.Step) {
	w.decision, w.agents = answers[result], []activities.Checked{answers[result]}
	w.mailSaid = activities.Sent{State: onboarding.MailRefused, Code: 550}
	if event == WithdrawApproval && result == onboarding.AwaitRepresentative {
		w.withdrawal = answers[result]
	}
}
