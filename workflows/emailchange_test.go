package workflows

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"koppel/activities"
	"koppel/onboarding"
)

// playedChange plays a change of address against scripted activities; what it shares with a linking is scripted there.
type playedChange struct {
	*playedLinking
	changed func() (activities.Completed, error)
}

func newChange(t *testing.T) *playedChange {
	t.Helper()
	j := &playedChange{playedLinking: newJourney(t)}
	j.address = func() (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{pinMail, {Case: "case", Kind: onboarding.ChangeAskedMail, Number: 1}}}, nil
	}
	j.changed = func() (activities.Completed, error) {
		return activities.Completed{Outcome: onboarding.Accepted, Mails: []activities.MailJob{{Case: "case", Kind: onboarding.ChangedMail, Number: 1}}}, nil
	}
	add := func(name string, f any) { j.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name}) }
	add("AgentRetry", retryAllowed)
	note := func(name string) { noteIn(&j.done, name) }
	add("OpenEmailChange", func(context.Context, activities.ChangeOpening) error { note("OpenEmailChange"); return nil })
	add("CompleteEmailChange", func(context.Context, activities.Completion) (activities.Completed, error) {
		note("CompleteEmailChange")
		return j.changed()
	})
	add("CloseEmailChange", func(_ context.Context, in activities.Closing) error { note("CloseEmailChange"); return nil })
	add("SendChangeNotice", func(_ context.Context, m activities.MailJob) (activities.Sent, error) {
		note("SendChangeNotice " + string(m.Kind))
		return activities.Sent{State: onboarding.MailSent}, j.sendNotice()
	})
	return j
}

func (j *playedChange) run(want onboarding.Step) {
	j.t.Helper()
	j.ExecuteWorkflow(EmailChange, EmailChangeInput{Case: "case", Identity: "identity", Person: "person",
		Reference: "K3TF-9M2Q", At: j.started, Institutions: []onboarding.InstitutionCode{"03AB"}, Language: "nl"})
	var result EmailChangeResult
	if err := j.GetWorkflowResult(&result); err != nil || result.Ending != want {
		j.t.Errorf("the case ended as %q, %v, want %q", result.Ending, err, want)
	}
}

func TestAddressIsChangedWhenItsPINIsRight(t *testing.T) {
	j := newChange(t)
	address := j.send(0, "a", ChangeAddress)
	j.wantStep(time.Minute, onboarding.AwaitPIN)
	pin := j.send(2*time.Minute, "p", SubmitPIN)
	j.run(onboarding.Changed)
	address.want(t, "address", onboarding.Accepted)
	pin.want(t, "PIN", onboarding.Accepted)
	if j.ended() > 3*time.Minute {
		t.Errorf("it took %v", j.ended())
	}
	slices.Sort(j.done[2:4]) // two mails at once
	j.wantDone("OpenEmailChange", "ChangeAddress", "SendChangeNotice change_asked", "SendPIN", "CheckPIN", "CompleteEmailChange",
		"SendChangeNotice changed")
}

func TestChangeExpiresAfterADayWithoutAnAcceptedAddress(t *testing.T) {
	j := newChange(t)
	j.address = func() (activities.Checked, error) {
		return activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.TooManyMails}}, nil
	}
	refused := j.send(0, "a", ChangeAddress)
	j.wantStep(onboarding.EmailChangeOpen-time.Minute, onboarding.AwaitAddress)
	j.run(onboarding.Expired)
	refused.want(t, "address", onboarding.TooManyMails)
	if j.ended() != onboarding.EmailChangeOpen {
		t.Errorf("it ended after %v", j.ended())
	}
	j.wantDone("OpenEmailChange", "ChangeAddress", "CloseEmailChange")
}

func TestChangeExpiresAfterADayWithoutAPIN(t *testing.T) {
	j := newChange(t)
	j.send(0, "a", ChangeAddress)
	j.wantStep(onboarding.EmailChangeOpen-time.Minute, onboarding.AwaitPIN)
	j.run(onboarding.Expired)
	if j.ended() != onboarding.EmailChangeOpen {
		t.Errorf("it ended after %v", j.ended())
	}
}

func TestPersonStopsAChange(t *testing.T) {
	j := newChange(t)
	j.send(0, "a", ChangeAddress)
	stop := j.send(time.Hour, "c", Cancel)
	late := j.send(time.Hour, "p", SubmitPIN)
	j.run(onboarding.Cancelled)
	stop.want(t, "stop", onboarding.Accepted)
	late.wantRejected(t, "PIN after it", onboarding.Stale)
}

func TestChangeThatWasVoidedEndsWithTheNextForm(t *testing.T) {
	j := newChange(t)
	j.send(0, "a", ChangeAddress)
	j.pin = func() (activities.Checked, error) {
		return activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.EndedPIN}, Over: true}, nil
	}
	pin := j.send(time.Hour, "p", SubmitPIN)
	j.run(onboarding.Voided)
	pin.want(t, "PIN", onboarding.EndedPIN)
	if j.ended() > 2*time.Hour {
		t.Errorf("it ended after %v", j.ended())
	}
}

func TestChangeOfAnIdentityWithoutItsPersonIsVoid(t *testing.T) {
	j := newChange(t)
	j.changed = func() (activities.Completed, error) { return activities.Completed{Outcome: onboarding.AskAgain}, nil }
	j.send(0, "a", ChangeAddress)
	pin := j.send(time.Minute, "p", SubmitPIN)
	j.run(onboarding.Voided)
	pin.want(t, "PIN", onboarding.AskAgain)
}

func TestPINMailOfAChangeThatIsRefusedParksUntilAnotherAddress(t *testing.T) {
	j := newChange(t)
	j.sendPIN = func(activities.MailJob) (activities.Sent, error) {
		return activities.Sent{State: onboarding.MailRefused, Code: 550}, nil
	}
	j.send(0, "a", ChangeAddress)
	j.wantAttention(time.Minute, mailRefused)
	j.RegisterDelayedCallback(func() {
		j.sendPIN = func(activities.MailJob) (activities.Sent, error) {
			return activities.Sent{State: onboarding.MailSent}, nil
		}
	}, 2*time.Minute)
	j.send(3*time.Minute, "b", ChangeAddress)
	j.wantAttention(4*time.Minute, "")
	j.wantStep(4*time.Minute, onboarding.AwaitPIN)
	j.run(onboarding.Expired)
}

func TestChangeThatCannotBeMadeRaisesAttention(t *testing.T) {
	j := newChange(t)
	held := true
	j.changed = func() (activities.Completed, error) {
		if held {
			return activities.Completed{}, context.DeadlineExceeded
		}
		return activities.Completed{Outcome: onboarding.Accepted}, nil
	}
	j.send(0, "a", ChangeAddress)
	j.send(time.Minute, "p", SubmitPIN)
	j.RegisterDelayedCallback(func() { held = false }, 65*time.Second)
	j.wantStep(62*time.Second, onboarding.Completing)
	j.run(onboarding.Changed)
}

func TestUpdatesThatDoNotFitAChangeAreRejected(t *testing.T) {
	j := newChange(t)
	pin := j.send(0, "p", SubmitPIN)
	resend := j.send(0, "r", ResendPIN)
	retry := j.send(0, "o", RetryNow)
	j.run(onboarding.Expired)
	for what, each := range map[string]*answer{"PIN": pin, "resend": resend, "retry": retry} {
		each.wantRejected(t, what, onboarding.Stale)
	}
}
