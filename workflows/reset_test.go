package workflows

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

// playedReset plays a request for a new password against scripted activities.
type playedReset struct {
	*testsuite.TestWorkflowEnvironment
	t       *testing.T
	started time.Time
	done    []string
	round   int // of links

	find   func() (activities.Checked, error)
	ask    func() (activities.Checked, error) // again
	choose func() (activities.Checked, error)
	send   func(activities.MailJob) (activities.Sent, error) // a link
	notify func(activities.MailJob) (activities.Sent, error) // both sides
}

// mailed names a mail with a link to each of two representatives.
func (p *playedReset) mailed(kind onboarding.MailKind) (activities.Checked, error) {
	p.round++
	jobs := []activities.MailJob{
		{Case: "case", Kind: kind, Number: 2*p.round - 1, Generation: p.round},
		{Case: "case", Kind: kind, Number: 2 * p.round, Generation: p.round},
	}
	return activities.Checked{Verdict: accepted, Mails: jobs, Institutions: []onboarding.InstitutionCode{"03AB", "10249"}}, nil
}

func outcome(o onboarding.Outcome) func() (activities.Checked, error) {
	return func() (activities.Checked, error) {
		return activities.Checked{Verdict: onboarding.Verdict{Outcome: o}}, nil
	}
}

func newReset(t *testing.T) *playedReset {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	p := &playedReset{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t,
		started: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	p.SetStartTime(p.started)
	p.find = func() (activities.Checked, error) { return p.mailed(onboarding.ResetMail) }
	p.ask = func() (activities.Checked, error) { return p.mailed(onboarding.ResetReminderMail) }
	p.choose = func() (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{
			{Case: "case", Kind: onboarding.PasswordChangedMail, Number: 1}, {Case: "case", Kind: onboarding.OwnPasswordMail, Number: 2}}}, nil
	}
	p.send = func(activities.MailJob) (activities.Sent, error) {
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	p.notify = p.send
	p.register()
	return p
}

func (p *playedReset) register() {
	add := func(name string, f any) { p.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name}) }
	add("AgentRetry", retryAllowed)
	var mu sync.Mutex // mails leave side by side
	note := func(name string) {
		mu.Lock()
		defer mu.Unlock()
		noteIn(&p.done, name)
	}
	add("OpenReset", func(context.Context, activities.Opening) error { note("OpenReset"); return nil })
	add("RequestReset", func(context.Context, activities.Check) (activities.Checked, error) {
		note("RequestReset")
		return p.find()
	})
	add("RemindReset", func(_ context.Context, turn activities.ResetTurn) (activities.Checked, error) {
		if turn.Generation != p.round {
			p.t.Errorf("asked again after round %d, want %d", turn.Generation, p.round)
		}
		note("RemindReset")
		return p.ask()
	})
	add("SetPassword", func(context.Context, activities.Check) (activities.Checked, error) {
		note("SetPassword")
		return p.choose()
	})
	add("Settle", func(_ context.Context, s activities.Settlement) (activities.Checked, error) {
		return activities.Checked{Verdict: onboarding.Verdict{Outcome: s.Otherwise}}, nil
	})
	add("SendResetLink", func(_ context.Context, m activities.MailJob) (activities.Sent, error) {
		note("SendResetLink")
		return p.send(m)
	})
	add("SendPasswordNotice", func(_ context.Context, m activities.MailJob) (activities.Sent, error) {
		note("SendPasswordNotice")
		return p.notify(m)
	})
	add("CloseReset", func(_ context.Context, c activities.Closing) error { note("CloseReset " + string(c.Step)); return nil })
}

func (p *playedReset) update(after time.Duration, id, update string) *answer {
	got := &answer{}
	p.RegisterDelayedCallback(func() {
		p.UpdateWorkflow(update, id, &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { got.err, got.rejected, got.done = err, true, true },
			OnComplete: func(result any, err error) {
				got.err, got.done = err, true
				got.verdict, _ = result.(onboarding.Verdict)
			},
		}, Submission{Handover: id})
	}, after)
	return got
}

func (p *playedReset) want(after time.Duration, step onboarding.Step, attention string) {
	p.RegisterDelayedCallback(func() {
		value, err := p.QueryWorkflow(PasswordResetState)
		var view CaseView
		if err == nil {
			err = value.Get(&view)
		}
		if err != nil || view.Step != step || view.Attention != attention {
			p.t.Errorf("after %v the step is %s, attention %q, %v; want %s, %q", after, view.Step, view.Attention, err, step, attention)
		}
	}, after)
}

func (p *playedReset) run(want onboarding.Step) {
	p.t.Helper()
	p.ExecuteWorkflow(PasswordReset, PasswordResetInput{Case: "case", Identity: "identity", Reference: "K3TF-9M2Q", Language: "nl", AskedAt: p.started})
	var result PasswordResetResult
	if err := p.GetWorkflowResult(&result); err != nil || result.Ending != want {
		p.t.Errorf("the case ended as %q, %v, want %q", result.Ending, err, want)
	}
}

func (p *playedReset) wantDone(want ...string) {
	p.t.Helper()
	if !slices.Equal(p.done, want) {
		p.t.Errorf("activities:\n got %q\nwant %q", p.done, want)
	}
}

func (p *playedReset) wantEnd(want time.Duration) {
	p.t.Helper()
	if took := p.Now().Sub(p.started); took < want || took > want+time.Minute {
		p.t.Errorf("ended after %v, want %v", took, want)
	}
}

func TestResetGoesFromRequestToNewPassword(t *testing.T) {
	p := newReset(t)
	asked := p.update(0, "u1", RequestReset)
	p.want(time.Minute, onboarding.AwaitRepresentative, "")
	chosen := p.update(time.Hour, "u2", SetPassword)
	p.run(onboarding.PasswordChanged)
	asked.want(t, "request", onboarding.Accepted)
	chosen.want(t, "password", onboarding.Accepted)
	p.wantDone("OpenReset", "RequestReset", "SendResetLink", "SendResetLink", "SetPassword", "SendPasswordNotice", "SendPasswordNotice",
		"CloseReset password_changed")
	p.wantEnd(time.Hour)
}

func TestRepresentativeIsRemindedOnDayThreeAndSix(t *testing.T) {
	p := newReset(t)
	var at []time.Duration
	p.ask = func() (activities.Checked, error) {
		at = append(at, p.Now().Sub(p.started))
		return p.mailed(onboarding.ResetReminderMail)
	}
	p.update(time.Second, "u1", RequestReset)
	p.run(onboarding.Expired)
	want := []time.Duration{onboarding.ResetFirstReminder + time.Second, onboarding.ResetLastReminder + time.Second}
	if !slices.Equal(at, want) {
		t.Errorf("reminded after %v, want %v", at, want)
	}
	p.wantEnd(onboarding.ResetOpen)
	p.wantDone("OpenReset", "RequestReset", "SendResetLink", "SendResetLink", "RemindReset", "SendResetLink", "SendResetLink",
		"RemindReset", "SendResetLink", "SendResetLink", "CloseReset expired")
}

// The same answer at the same moment, and a case that lasts as long: whoever asks again meets the same as with an
// account that is known.
func TestRequestForWhatIsUnknownLastsAsLong(t *testing.T) {
	for _, found := range []onboarding.Outcome{onboarding.UnknownAccount, onboarding.TooManyRequests, onboarding.AskAgain} {
		p := newReset(t)
		p.find = outcome(found)
		asked := p.update(0, "u1", RequestReset)
		p.want(time.Minute, onboarding.AwaitEnd, "")
		again := p.update(time.Hour, "u2", RequestReset)
		p.run(onboarding.Unmailed)
		asked.want(t, string(found), onboarding.Accepted)
		again.want(t, string(found)+" again", onboarding.Accepted)
		if found == onboarding.AskAgain {
			p.wantEnd(onboarding.ResetOpen)
		} else {
			p.wantEnd(time.Hour + onboarding.ResetOpen)
		}
		p.wantDone("OpenReset", "RequestReset", "RequestReset", "CloseReset unmailed")
	}
}

// A request is answered before anybody has looked for an account, also while nobody can.
func TestRequestIsAnsweredBeforeTheAccountIsLookedFor(t *testing.T) {
	p := newReset(t)
	p.find = func() (activities.Checked, error) {
		if p.Now().Sub(p.started) < 90*time.Second {
			return activities.Checked{}, errors.New("database away")
		}
		return p.mailed(onboarding.ResetMail)
	}
	first := p.update(time.Second, "u1", RequestReset)
	var answered [2]bool
	p.RegisterDelayedCallback(func() { answered[0] = first.done }, time.Second+time.Millisecond)
	second := p.update(time.Minute, "u2", RequestReset)
	p.RegisterDelayedCallback(func() { answered[1] = second.done }, time.Minute+time.Millisecond)
	p.want(80*time.Second, onboarding.Finding, "")
	p.update(time.Hour, "u3", SetPassword)
	p.run(onboarding.PasswordChanged)
	if answered != [2]bool{true, true} {
		t.Errorf("answered at once: %v", answered)
	}
}

func TestHelpdeskGetsTheCaseWithoutRepresentative(t *testing.T) {
	p := newReset(t)
	p.find = outcome(onboarding.NoRepresentative)
	p.update(0, "u1", RequestReset)
	p.want(time.Minute, onboarding.AwaitHelpdesk, "no_representative")
	p.ask = outcome(onboarding.NoRepresentative)
	still := p.update(time.Hour, "u2", RetryNow)
	p.want(2*time.Hour, onboarding.AwaitHelpdesk, "no_representative")
	p.RegisterDelayedCallback(func() { p.ask = func() (activities.Checked, error) { return p.mailed(onboarding.ResetMail) } }, 3*time.Hour)
	found := p.update(4*time.Hour, "u3", RetryNow)
	p.want(5*time.Hour, onboarding.AwaitRepresentative, "")
	p.update(6*time.Hour, "u4", SetPassword)
	p.run(onboarding.PasswordChanged)
	still.want(t, "retry", onboarding.Accepted)
	found.want(t, "retry", onboarding.Accepted)

	p = newReset(t)
	p.find = outcome(onboarding.NoRepresentative)
	p.update(0, "u1", RequestReset)
	p.run(onboarding.Expired)
	p.wantEnd(onboarding.ResetOpen)
}

func TestRepeatedRequestMailsOtherLinksAndStaysOpenAsLong(t *testing.T) {
	p := newReset(t)
	p.update(0, "u1", RequestReset)
	p.update(50*time.Hour, "u2", RequestReset)
	p.want(onboarding.ResetOpen+time.Hour, onboarding.AwaitRepresentative, "")
	p.run(onboarding.Expired)
	p.wantEnd(50*time.Hour + onboarding.ResetOpen)
	if p.round != 4 { // two requests, two reminders after the second
		t.Errorf("%d rounds of links, want 4", p.round)
	}
}

func TestTooManyRequestsKeepTheLinksThatWork(t *testing.T) {
	p := newReset(t)
	p.update(0, "u1", RequestReset)
	p.RegisterDelayedCallback(func() { p.find = outcome(onboarding.TooManyRequests) }, time.Minute)
	p.update(time.Hour, "u2", RequestReset)
	p.want(2*time.Hour, onboarding.AwaitRepresentative, "")
	p.update(3*time.Hour, "u3", SetPassword)
	p.run(onboarding.PasswordChanged)
}

func TestRequestTakesSoManyRepetitions(t *testing.T) {
	p := newReset(t)
	p.find = outcome(onboarding.UnknownAccount)
	var all []*answer
	for i := range resetRequestsMost + 1 {
		all = append(all, p.update(time.Duration(i)*time.Second, string(rune('a'+i)), RequestReset))
	}
	p.run(onboarding.Unmailed)
	all[resetRequestsMost-1].want(t, "the last", onboarding.Accepted)
	all[resetRequestsMost].wantRejected(t, "one more", onboarding.Stale)
}

func TestRefusedLinksWaitForARetry(t *testing.T) {
	p := newReset(t)
	p.send = func(m activities.MailJob) (activities.Sent, error) {
		return activities.Sent{State: onboarding.MailRefused, Code: 550}, nil
	}
	early := p.update(time.Millisecond, "u0", RetryNow)
	p.update(time.Second, "u1", RequestReset)
	p.want(time.Minute, onboarding.MailingLink, "mail_refused")
	p.RegisterDelayedCallback(func() {
		p.send = func(activities.MailJob) (activities.Sent, error) {
			return activities.Sent{State: onboarding.MailSent}, nil
		}
	}, time.Hour)
	p.update(2*time.Hour, "u2", RetryNow)
	p.want(3*time.Hour, onboarding.AwaitRepresentative, "")
	p.update(4*time.Hour, "u3", SetPassword)
	p.run(onboarding.PasswordChanged)
	early.wantRejected(t, "retry without need", onboarding.Stale)
}

func TestOneMailThatIsTakenIsEnough(t *testing.T) {
	p := newReset(t)
	p.send = func(m activities.MailJob) (activities.Sent, error) {
		if m.Number%2 == 1 {
			return activities.Sent{State: onboarding.MailRefused, Code: 550}, nil
		}
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	p.update(0, "u1", RequestReset)
	p.want(time.Minute, onboarding.AwaitRepresentative, "")
	p.run(onboarding.Expired)
}

func TestMailServerThatIsAwayHoldsUpNoRequest(t *testing.T) {
	p := newReset(t)
	p.send = func(m activities.MailJob) (activities.Sent, error) {
		if m.Generation == 1 {
			return activities.Sent{}, errors.New("connection refused")
		}
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	p.update(0, "u1", RequestReset)
	p.want(7*time.Minute, onboarding.MailingLink, "slow")
	p.update(8*time.Minute, "u2", RequestReset)
	p.want(9*time.Minute, onboarding.AwaitRepresentative, "")
	p.update(time.Hour, "u3", SetPassword)
	p.run(onboarding.PasswordChanged)
}

// A password may be chosen although nothing says that the mail was taken: its reader proves it was.
func TestPasswordIsTakenWhileTheMailIsStillUnderWay(t *testing.T) {
	p := newReset(t)
	p.send = func(activities.MailJob) (activities.Sent, error) {
		return activities.Sent{}, errors.New("cut off before the reply")
	}
	p.update(0, "u1", RequestReset)
	p.update(time.Minute, "u2", SetPassword)
	p.run(onboarding.PasswordChanged)
}

func TestRefusedPasswordsKeepTheRequestOpen(t *testing.T) {
	for _, refused := range []onboarding.Outcome{onboarding.KnownPassword, onboarding.DeadLink, onboarding.AskAgain} {
		p := newReset(t)
		right := p.choose
		p.choose = outcome(refused)
		p.update(0, "u1", RequestReset)
		wrong := p.update(time.Minute, "u2", SetPassword)
		p.want(2*time.Minute, onboarding.AwaitRepresentative, "")
		p.RegisterDelayedCallback(func() { p.choose = right }, 3*time.Minute)
		p.update(4*time.Minute, "u3", SetPassword)
		p.run(onboarding.PasswordChanged)
		wrong.want(t, string(refused), refused)
	}
}

func TestRequestThatIsOvertakenEndsAtItsReminder(t *testing.T) {
	p := newReset(t)
	p.ask = outcome(onboarding.VoidRequest)
	p.update(0, "u1", RequestReset)
	p.run(onboarding.Voided)
	p.wantEnd(onboarding.ResetFirstReminder)
	p.wantDone("OpenReset", "RequestReset", "SendResetLink", "SendResetLink", "RemindReset", "CloseReset voided")
}

func TestUpdatesThatDoNotFitTheStepOfAResetAreRejected(t *testing.T) {
	p := newReset(t)
	early := p.update(time.Millisecond, "u0", SetPassword)
	p.update(time.Second, "u1", RequestReset)
	p.update(time.Minute, "u2", SetPassword)
	p.run(onboarding.PasswordChanged)
	early.wantRejected(t, "password before a link", onboarding.Stale)
}

func TestEveryWayToWriteACodeIsOneRequest(t *testing.T) {
	hash := func(parts ...string) string { return parts[1] + "/" + parts[2] }
	for typed, want := range map[string]string{
		"16AH": "reset-institution/16AH", " 16 ah": "reset-institution/16AH", "16ah00": "reset-institution/16AH", "10249": "reset-institution/10249",
		"Regenboog01": "reset-username/regenboog01", " REGENBOOG01 ": "reset-username/regenboog01", "": "reset-username/",
	} {
		if got := PasswordResetID(hash, typed); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}
