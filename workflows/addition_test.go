package workflows

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

// adding plays an addition; its fields may be changed before and between.
type adding struct {
	*testsuite.TestWorkflowEnvironment
	t        *testing.T
	started  time.Time
	done     []string
	check    func() (activities.Checked, error)
	complete func() (activities.Completed, error)
	send     func(activities.MailJob) (activities.Sent, error)
}

var addedMails = []activities.MailJob{
	{Case: "case", Kind: onboarding.AddedMail, Number: 1}, {Case: "case", Kind: onboarding.AddedNoticeMail, Number: 1}}

func newAdding(t *testing.T) *adding {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	a := &adding{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t}
	a.SetStartTime(start)
	a.started = start
	a.check = func() (activities.Checked, error) { return activities.Checked{Verdict: accepted}, nil }
	a.complete = func() (activities.Completed, error) {
		return activities.Completed{Outcome: onboarding.Accepted, Mails: addedMails}, nil
	}
	a.send = func(activities.MailJob) (activities.Sent, error) {
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	a.register()
	return a
}

func (a *adding) register() {
	add := func(name string, f any) { a.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name}) }
	note := func(name string) { noteIn(&a.done, name) }
	add("OpenAddition", func(context.Context, activities.AdditionOpening) error { note("OpenAddition"); return nil })
	add("CloseAddition", func(_ context.Context, in activities.Closing) error {
		note("CloseAddition " + string(in.Step))
		return nil
	})
	for _, name := range []string{"CheckContact", "CheckAdditionCredentials", "CheckAdditionCode", "SeekAdditionApproval"} {
		add(name, func(context.Context, activities.Check) (activities.Checked, error) { note(name); return a.check() })
	}
	add("Settle", func(_ context.Context, s activities.Settlement) (activities.Checked, error) {
		return activities.Checked{Verdict: onboarding.Verdict{Outcome: s.Otherwise}}, nil
	})
	add("CompleteAddition", func(context.Context, activities.Completion) (activities.Completed, error) {
		note("CompleteAddition")
		return a.complete()
	})
	add("SendAdditionNotice", func(_ context.Context, m activities.MailJob) (activities.Sent, error) {
		note("SendAdditionNotice " + string(m.Kind))
		return a.send(m)
	})
}

func (a *adding) submit(after time.Duration, id, update string) *answer {
	got := &answer{}
	a.RegisterDelayedCallback(func() {
		a.UpdateWorkflow(update, id, &testsuite.TestUpdateCallback{
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

func (a *adding) wantView(after time.Duration, step onboarding.Step, attention string) {
	a.RegisterDelayedCallback(func() {
		value, err := a.QueryWorkflow(LinkingState)
		var view AdditionView
		if err == nil {
			err = value.Get(&view)
		}
		if err != nil || view.Step != step || view.Attention != attention {
			a.t.Errorf("after %v: %+v, %v, want %s %q", after, view, err, step, attention)
		}
	}, after)
}

func (a *adding) run(want onboarding.Step) {
	a.t.Helper()
	a.ExecuteWorkflow(Addition, AdditionInput{Case: "case", Person: "person", Identity: "identity", Institution: "16AH",
		Reference: "K3TF-9M2Q", Language: "nl", At: a.started})
	var result AdditionResult
	if err := a.GetWorkflowResult(&result); err != nil || result.Ending != want {
		a.t.Errorf("the case ended as %q, %v, want %q", result.Ending, err, want)
	}
}

func (a *adding) wantDone(want ...string) {
	a.t.Helper()
	if !slices.Equal(a.done, want) {
		a.t.Errorf("activities:\n got %q\nwant %q", a.done, want)
	}
}

func TestAdditionGoesFromProofToAdded(t *testing.T) {
	for update, check := range map[string]string{AddAsContact: "CheckContact",
		SubmitCredentials: "CheckAdditionCredentials", SubmitActivationCode: "CheckAdditionCode"} {
		a := newAdding(t)
		proof := a.submit(time.Second, "u1", update)
		a.run(onboarding.Added)
		proof.want(t, update, onboarding.Accepted)
		slices.Sort(a.done[3:]) // the mails go at the same time
		a.wantDone("OpenAddition", check, "CompleteAddition", "SendAdditionNotice added", "SendAdditionNotice added_notice")
	}
}

func TestAdditionExpiresWithoutProof(t *testing.T) {
	a := newAdding(t)
	a.wantView(onboarding.AdditionOpen-time.Second, onboarding.AwaitProof, "")
	a.run(onboarding.Expired)
	if open := a.Now().Sub(a.started); open != onboarding.AdditionOpen {
		t.Errorf("expired after %v", open)
	}
	a.wantDone("OpenAddition", "CloseAddition expired")
}

func TestRefusedProofsOfAnAdditionLeaveItOpen(t *testing.T) {
	for _, outcome := range []onboarding.Outcome{onboarding.NotContact, onboarding.OtherBoard, onboarding.OtherInstitution,
		onboarding.WrongCredentials, onboarding.Locked, onboarding.AskAgain, onboarding.Taken} {
		a := newAdding(t)
		right := a.check
		a.check = func() (activities.Checked, error) {
			return activities.Checked{Verdict: onboarding.Verdict{Outcome: outcome}}, nil
		}
		refused := a.submit(time.Second, "u1", AddAsContact)
		a.wantView(time.Minute, onboarding.AwaitProof, "")
		a.RegisterDelayedCallback(func() { a.check = right }, time.Minute)
		a.submit(2*time.Minute, "u2", SubmitCredentials)
		a.run(onboarding.Added)
		refused.want(t, string(outcome), outcome)
	}
}

func TestAdditionEndsWhenNothingCanBeShownForIt(t *testing.T) {
	for _, outcome := range []onboarding.Outcome{onboarding.AlreadyAdded, onboarding.InstitutionEnded} {
		a := newAdding(t)
		a.check = func() (activities.Checked, error) {
			return activities.Checked{Verdict: onboarding.Verdict{Outcome: outcome}}, nil
		}
		refused := a.submit(time.Second, "u1", AddAsContact)
		a.run(onboarding.Cancelled)
		refused.want(t, string(outcome), outcome)
		a.wantDone("OpenAddition", "CheckContact", "CloseAddition cancelled")

		late := newAdding(t)
		late.complete = func() (activities.Completed, error) { return activities.Completed{Outcome: outcome}, nil }
		ended := late.submit(time.Second, "u1", AddAsContact)
		late.run(onboarding.Cancelled)
		ended.want(t, "at the last moment "+string(outcome), outcome)
	}
}

func TestAccountThatIsTakenAtTheLastMomentBringsTheAdditionBackToItsProof(t *testing.T) {
	a := newAdding(t)
	a.complete = func() (activities.Completed, error) { return activities.Completed{Outcome: onboarding.Taken}, nil }
	taken := a.submit(time.Second, "u1", SubmitCredentials)
	a.wantView(time.Minute, onboarding.AwaitProof, "")
	stop := a.submit(2*time.Minute, "u2", Cancel)
	late := a.submit(2*time.Minute+time.Second, "u3", SubmitCredentials)
	a.run(onboarding.Cancelled)
	taken.want(t, "proof", onboarding.Taken)
	stop.want(t, "stop", onboarding.Accepted)
	if late.done && !late.rejected {
		t.Error("a proof was taken after the end")
	}
}

func TestAdditionWaitsForTheDatabaseAcrossItsDeadline(t *testing.T) {
	a := newAdding(t)
	a.complete = func() (activities.Completed, error) {
		if a.Now().Sub(a.started) < onboarding.AdditionOpen+time.Minute {
			return activities.Completed{}, errors.New("away")
		}
		return activities.Completed{Outcome: onboarding.Accepted}, nil
	}
	a.submit(onboarding.AdditionOpen-30*time.Second, "u1", AddAsContact)
	a.wantView(onboarding.AdditionOpen+time.Second, onboarding.Completing, "")
	a.run(onboarding.Added)
}

func TestMailServerThatIsAwayDoesNotHoldUpTheInstitution(t *testing.T) {
	a := newAdding(t)
	a.send = func(activities.MailJob) (activities.Sent, error) {
		if a.Now().Sub(a.started) < 8*time.Minute {
			return activities.Sent{}, errors.New("connection refused")
		}
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	proof := a.submit(time.Second, "u1", AddAsContact)
	a.RegisterDelayedCallback(func() { proof.want(t, "proof", onboarding.Accepted) }, 2*time.Second)
	a.wantView(time.Minute, onboarding.Notifying, "")
	a.wantView(7*time.Minute, onboarding.Notifying, slow)
	a.run(onboarding.Added)
}
