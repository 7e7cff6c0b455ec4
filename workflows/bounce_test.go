package workflows

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

// bounce tells the case at a moment that a mail came back.
func (j *playedLinking) bounce(after time.Duration, job activities.MailJob) {
	j.RegisterDelayedCallback(func() { j.SignalWorkflow(MailBounced, activities.Bounce{MailJob: job, Status: "5.1.1"}) }, after)
}

func (j *playedLinking) wantMail(after time.Duration, want onboarding.MailState) {
	j.at(after, func(v LinkingView) {
		if v.Mail != want {
			j.t.Errorf("after %v the mail is %s, want %s", after, v.Mail, want)
		}
	})
}

func TestMailThatComesBackWaitsForAnotherAddressOrAnotherMail(t *testing.T) {
	for update, step := range map[string]onboarding.Step{ChangeAddress: onboarding.AwaitPIN, ResendPIN: onboarding.AwaitPIN} {
		t.Run(update, func(t *testing.T) {
			j := newJourney(t)
			second := func() (activities.Checked, error) {
				return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{{Case: "case", Kind: onboarding.PINMail, Number: 2, Generation: 2}}}, nil
			}
			j.address, j.request = second, second
			j.send(time.Minute, "u1", SubmitCredentials)
			j.wantAttention(2*time.Minute, "")
			j.bounce(3*time.Minute, pinMail)
			j.wantAttention(4*time.Minute, "mail_bounced")
			j.wantStep(4*time.Minute, onboarding.AwaitPIN)
			j.wantMail(4*time.Minute, onboarding.MailBounced)
			retry := j.send(5*time.Minute, "retry", RetryNow)
			j.send(time.Hour, "u2", update)
			j.wantAttention(61*time.Minute, "")
			j.wantStep(61*time.Minute, step)
			j.wantMail(61*time.Minute, onboarding.MailSent)
			j.send(62*time.Minute, "u3", SubmitPIN)
			j.run(onboarding.Linked)
			retry.wantRejected(t, "retry of a mail that came back", onboarding.Stale)
		})
	}
}

func TestPINOfAMailThatCameBackStillCounts(t *testing.T) {
	j := newJourney(t)
	j.send(time.Minute, "u1", SubmitCredentials)
	j.bounce(2*time.Minute, pinMail)
	pin := j.send(3*time.Minute, "u2", SubmitPIN)
	j.run(onboarding.Linked)
	pin.want(t, "PIN", onboarding.Accepted)
	j.wantDone("OpenLinking", "CheckCredentials", "SendPIN", "CheckPIN", "CompleteLinking", "SendNotice linked")
}

func TestBouncesOfOtherMailsDoNotDisturb(t *testing.T) {
	j := newJourney(t)
	other := pinMail
	other.Case = "earlier"
	older := pinMail
	j.request = func() (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{{Case: "case", Kind: onboarding.PINMail, Number: 2, Generation: 1}}}, nil
	}
	j.bounce(30*time.Second, pinMail) // before there is one
	j.send(time.Minute, "u1", SubmitCredentials)
	j.bounce(2*time.Minute, other)
	j.bounce(2*time.Minute, activities.MailJob{Case: "case", Kind: onboarding.LinkedMail, Number: 1})
	j.send(3*time.Minute, "u2", ResendPIN)
	j.bounce(4*time.Minute, older)
	j.wantAttention(5*time.Minute, "")
	j.wantMail(5*time.Minute, onboarding.MailSent)
	j.send(6*time.Minute, "u3", SubmitPIN)
	j.run(onboarding.Linked)
}

// The bounce of a quick server overtakes the acceptance: a worker died between noting and saying it.
func TestBounceThatOvertakesTheAcceptanceIsNotForgotten(t *testing.T) {
	for _, state := range []onboarding.MailState{onboarding.MailSent, onboarding.MailBounced} {
		j := newJourney(t)
		j.sendPIN = func(activities.MailJob) (activities.Sent, error) {
			if j.ended() < 3*time.Minute {
				return activities.Sent{}, errors.New("worker died")
			}
			return activities.Sent{State: state}, nil
		}
		j.send(time.Minute, "u1", SubmitCredentials)
		j.bounce(2*time.Minute, pinMail)
		j.wantAttention(10*time.Minute, "mail_bounced")
		j.wantStep(10*time.Minute, onboarding.AwaitPIN)
		j.send(11*time.Minute, "u2", SubmitPIN)
		j.run(onboarding.Linked)
	}
}

func playBounce(t *testing.T, note func(context.Context, activities.Bounce) (activities.Noted, error)) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterActivityWithOptions(note, activity.RegisterOptions{Name: "NoteBounce"})
	return env
}

func TestBounceIsToldToTheCaseThatWaits(t *testing.T) {
	in := activities.Bounce{MailJob: pinMail, Status: "5.1.1"}
	for name, test := range map[string]struct {
		noted  activities.Noted
		answer error
		told   int
	}{
		"waits":            {activities.Noted{Workflow: "link-identity"}, nil, 1},
		"ended meanwhile":  {activities.Noted{Workflow: "link-identity"}, &temporal.UnknownExternalWorkflowExecutionError{}, 1},
		"nobody waits":     {activities.Noted{}, nil, 0},
		"database is away": {activities.Noted{Workflow: "link-identity"}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			attempts, told := 0, 0
			env := playBounce(t, func(context.Context, activities.Bounce) (activities.Noted, error) {
				if attempts++; name == "database is away" && attempts < 5 {
					return activities.Noted{}, errors.New("away")
				}
				return test.noted, nil
			})
			env.OnSignalExternalWorkflow("default-test-namespace", "link-identity", "", MailBounced, in).
				Return(func(_, _, _, _ string, _ any) error { told++; return test.answer })
			env.ExecuteWorkflow(Bounce, in)
			if err := env.GetWorkflowError(); err != nil || told != test.told {
				t.Errorf("ended with %v, told %d times, want %d", err, told, test.told)
			}
		})
	}
}

func TestBounceIsOnePerMailAndHoldsNothingPersonal(t *testing.T) {
	in := activities.Bounce{MailJob: pinMail, Status: "5.1.1"}
	options := BounceOptions(in, "K3TF-9M2Q")
	if options.ID != "bounce-case-pin-1" || options.StaticSummary != "Mail niet bezorgd K3TF-9M2Q: pin, mail 1, melding 5.1.1" {
		t.Errorf("%s, %s", options.ID, options.StaticSummary)
	}
}
