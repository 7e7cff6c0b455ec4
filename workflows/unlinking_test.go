package workflows

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/helpdesk"
	"koppel/onboarding"
)

// playedUnlinking plays an unlinking against scripted activities.
type playedUnlinking struct {
	*testsuite.TestWorkflowEnvironment
	t    *testing.T
	in   UnlinkingInput
	done []string // activities, in the order in which they began

	propose, confirm, dismiss activities.Checked
	mailsHeld                 time.Duration // they fail until then
}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func newUnlinking(t *testing.T, reported bool) *playedUnlinking {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	u := &playedUnlinking{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t,
		in: UnlinkingInput{Case: "case", Identity: "jane", Reference: "K3TF-9M2Q", Reported: reported, At: start}}
	u.SetStartTime(start)
	u.propose = activities.Checked{Verdict: accepted}
	u.confirm = activities.Checked{Verdict: accepted, Mails: []activities.MailJob{
		{Case: "case", Kind: onboarding.UnlinkedMail, Number: 1}, {Case: "case", Kind: onboarding.UnlinkedNoticeMail, Number: 1}}}
	u.dismiss = activities.Checked{Verdict: accepted}
	u.register()
	return u
}

func (u *playedUnlinking) register() {
	add := func(name string, f any) { u.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name}) }
	act := func(name string, answer *activities.Checked, long bool) {
		add(name, func(_ context.Context, in activities.UnlinkAct) (activities.Checked, error) {
			noteIn(&u.done, name+" "+in.Act.Agent)
			if checked := *answer; checked.Verdict.Outcome == onboarding.Accepted && long {
				checked.Verdict.Until = u.Now().Add(onboarding.UnlinkingOpen)
				return checked, nil
			}
			return *answer, nil
		})
	}
	act("ProposeUnlink", &u.propose, true)
	act("ConfirmUnlink", &u.confirm, false)
	act("DismissUnlink", &u.dismiss, false)
	add("OpenUnlinking", func(context.Context, activities.UnlinkOpening) ([]onboarding.InstitutionCode, error) {
		return []onboarding.InstitutionCode{"03AB"}, nil
	})
	add("CloseUnlinking", func(_ context.Context, in activities.Closing) error {
		noteIn(&u.done, "CloseUnlinking "+string(in.Step))
		return nil
	})
	add("SendUnlinked", func(_ context.Context, job activities.MailJob) (activities.Sent, error) {
		if u.Now().Sub(start) < u.mailsHeld {
			return activities.Sent{}, errAway
		}
		noteIn(&u.done, "SendUnlinked "+string(job.Kind))
		return activities.Sent{State: onboarding.MailSent}, nil
	})
}

// unlinkReply is what an act came to.
type unlinkReply struct {
	answer   UnlinkAnswer
	rejected error
}

// act sends an act of an agent at a moment of the case.
func (u *playedUnlinking) act(after time.Duration, update, agent string) *unlinkReply {
	got := &unlinkReply{}
	u.RegisterDelayedCallback(func() {
		u.UpdateWorkflow(update, onboarding.NewID(), &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { got.rejected = err },
			OnComplete: func(result any, err error) {
				if err != nil {
					u.t.Error(err)
				}
				got.answer, _ = result.(UnlinkAnswer)
			},
		}, helpdesk.Act{Agent: agent, Reason: helpdesk.Left, Ticket: "HD-1"})
	}, after)
	return got
}

// play runs the case to its end and wants it to end so, after these activities.
func (u *playedUnlinking) play(ending onboarding.Step, done ...string) {
	u.t.Helper()
	u.ExecuteWorkflow(Unlinking, u.in)
	var result UnlinkingResult
	if err := u.GetWorkflowResult(&result); err != nil {
		u.t.Fatal(err)
	}
	slices.Sort(u.done)
	slices.Sort(done)
	if result.Ending != ending || !slices.Equal(u.done, done) {
		u.t.Errorf("ended as %s after %v, want %s after %v", result.Ending, u.done, ending, done)
	}
}

func TestUnlinkingByTwoAgentsTellsEverybody(t *testing.T) {
	u := newUnlinking(t, false)
	u.act(0, ProposeUnlink, "fatima")
	confirmed := u.act(time.Hour, ConfirmUnlink, "bilal")
	u.play(onboarding.Unlinked, "ProposeUnlink fatima", "ConfirmUnlink bilal", "SendUnlinked unlinked", "SendUnlinked unlinked_notice")
	if confirmed.answer.Outcome != onboarding.Accepted {
		t.Errorf("%+v", confirmed)
	}
}

func TestUnlinkingTellsTheCasesThatEndWithIt(t *testing.T) {
	u := newUnlinking(t, false)
	u.confirm.Voided = []string{"add-open", "reset-over"}
	signalled := make(chan string, len(u.confirm.Voided))
	for id, answer := range map[string]error{"add-open": nil, "reset-over": &temporal.UnknownExternalWorkflowExecutionError{}} {
		u.OnSignalExternalWorkflow("default-test-namespace", id, "", CaseVoided, nil).
			Return(func(_, workflowID, _, _ string, _ any) error { signalled <- workflowID; return answer })
	}
	u.act(0, ProposeUnlink, "fatima")
	u.act(time.Hour, ConfirmUnlink, "bilal")
	u.play(onboarding.Unlinked, "ProposeUnlink fatima", "ConfirmUnlink bilal", "SendUnlinked unlinked", "SendUnlinked unlinked_notice")
	var told []string
	for range len(signalled) {
		told = append(told, <-signalled)
	}
	if slices.Sort(told); !slices.Equal(told, u.confirm.Voided) {
		t.Errorf("told %q", told)
	}
}

func TestProposalLapsesAfterSevenDays(t *testing.T) {
	u := newUnlinking(t, false)
	u.act(0, ProposeUnlink, "fatima")
	late := u.act(onboarding.UnlinkingOpen-time.Minute, ConfirmUnlink, "fatima") // not a second one
	u.confirm = activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.SecondNeeded}}
	u.play(onboarding.Expired, "ProposeUnlink fatima", "ConfirmUnlink fatima", "CloseUnlinking expired")
	if late.answer.Outcome != onboarding.SecondNeeded {
		t.Errorf("%+v", late)
	}
	if ended := u.Now().Sub(start); ended < onboarding.UnlinkingOpen || ended > onboarding.UnlinkingOpen+time.Minute {
		t.Errorf("ended after %s", ended)
	}
}

func TestReportWaitsSevenDaysAndAProposalSevenMore(t *testing.T) {
	u := newUnlinking(t, true)
	u.act(6*24*time.Hour, ProposeUnlink, "fatima")
	u.act(12*24*time.Hour, ConfirmUnlink, "bilal")
	u.play(onboarding.Unlinked, "ProposeUnlink fatima", "ConfirmUnlink bilal", "SendUnlinked unlinked", "SendUnlinked unlinked_notice")
}

func TestReportThatNobodyLooksAtEnds(t *testing.T) {
	u := newUnlinking(t, true)
	u.play(onboarding.Expired, "CloseUnlinking expired")
	if ended := u.Now().Sub(start); ended < onboarding.UnlinkingOpen || ended > onboarding.UnlinkingOpen+time.Minute {
		t.Errorf("ended after %s", ended)
	}
}

func TestReportOutlivesAProposalThatDoesNotCount(t *testing.T) {
	u := newUnlinking(t, true)
	u.propose = activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.NoAgent}}
	u.act(time.Hour, ProposeUnlink, "joost")
	u.act(2*time.Hour, DismissUnlink, "fatima")
	u.play(onboarding.Cancelled, "ProposeUnlink joost", "DismissUnlink fatima")
}

func TestCaseOfAnAgentWhoMayNotIsClosedAtOnce(t *testing.T) {
	u := newUnlinking(t, false)
	u.propose = activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.NotLinked}}
	refused := u.act(0, ProposeUnlink, "fatima")
	u.play(onboarding.Cancelled, "ProposeUnlink fatima", "CloseUnlinking cancelled")
	if refused.answer.Outcome != onboarding.NotLinked || u.Now().Sub(start) > time.Minute {
		t.Errorf("%+v after %s", refused, u.Now().Sub(start))
	}
}

func TestMissingCodeKeepsTheProposalOpen(t *testing.T) {
	u := newUnlinking(t, false)
	done := u.confirm
	u.confirm = activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.CodeNeeded}, Institutions: []onboarding.InstitutionCode{"03AB"}}
	u.act(0, ProposeUnlink, "fatima")
	missing := u.act(time.Hour, ConfirmUnlink, "bilal")
	u.RegisterDelayedCallback(func() { u.confirm = done }, 90*time.Minute)
	u.act(2*time.Hour, ConfirmUnlink, "bilal")
	u.play(onboarding.Unlinked, "ProposeUnlink fatima", "ConfirmUnlink bilal", "ConfirmUnlink bilal", "SendUnlinked unlinked", "SendUnlinked unlinked_notice")
	if len(missing.answer.Institutions) != 1 {
		t.Errorf("%+v", missing)
	}
}

// T14: what does not fit the step is rejected before anything is looked at.
func TestActsThatDoNotFitTheStepAreRejected(t *testing.T) {
	u := newUnlinking(t, true)
	early := u.act(time.Minute, ConfirmUnlink, "bilal")
	u.act(time.Hour, ProposeUnlink, "fatima")
	again := u.act(2*time.Hour, ProposeUnlink, "bilal")
	u.act(3*time.Hour, DismissUnlink, "bilal")
	u.play(onboarding.Cancelled, "ProposeUnlink fatima", "DismissUnlink bilal")
	if early.rejected == nil || again.rejected == nil {
		t.Errorf("early: %v, again: %v", early.rejected, again.rejected)
	}
}
