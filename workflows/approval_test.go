package workflows

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/helpdesk"
	"koppel/onboarding"
)

const day = 24 * time.Hour

// awaitedAt is when the wait of these tests begins.
const awaitedAt = time.Hour

var (
	question = activities.MailJob{Case: "case", Kind: onboarding.ApprovalMail, Number: 1, Generation: 1}
	reminder = activities.MailJob{Case: "case", Kind: onboarding.ApprovalReminderMail, Number: 1, Generation: 1}
)

// representatives are scripted: what became of the question to them, and what comes of it.
type representatives struct {
	asked      []activities.MailJob
	decision   activities.Checked // what the representative answers
	agents     []activities.Checked
	withdrawal activities.Checked
	mailed     onboarding.MailState
}

// awaiting is a linking whose login is of another organisation.
type awaiting struct {
	*playedLinking
	representatives
}

func newAwaiting(t *testing.T) *awaiting {
	t.Helper()
	a := scriptApproval(newJourney(t))
	a.credentials = a.needsApproval
	a.send(awaitedAt, "proof", SubmitCredentials)
	return a
}

// needsApproval is a right proof by a login of another organisation.
func (a *awaiting) needsApproval() (activities.Checked, error) {
	return activities.Checked{Mails: a.asked, Institutions: []onboarding.InstitutionCode{"03AB"},
		Verdict: onboarding.Verdict{Outcome: onboarding.NeedsApproval, Until: a.Now().Add(onboarding.ApprovalOpen)}}, nil
}

func scriptApproval(played *playedLinking) *awaiting {
	a := &awaiting{playedLinking: played, representatives: representatives{asked: []activities.MailJob{question}, mailed: onboarding.MailSent}}
	a.decision = activities.Checked{Verdict: accepted, Decision: onboarding.Approved, Mails: []activities.MailJob{
		{Case: "case", Kind: onboarding.ApprovedMail, Number: 1, Generation: 1}, pinMail}}
	a.withdrawal = activities.Checked{Verdict: accepted, Decision: onboarding.Withdrawn}
	a.representatives.register(a.TestWorkflowEnvironment, func(name string) { noteIn(&a.done, name) })
	return a
}

// register has the activities of an approval answer as scripted.
func (r *representatives) register(env *testsuite.TestWorkflowEnvironment, note func(string)) {
	add := func(name string, f any) { env.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name}) }
	add("SendApproval", func(_ context.Context, m activities.MailJob) (activities.Sent, error) {
		note("SendApproval " + string(m.Kind))
		return activities.Sent{State: r.mailed}, nil
	})
	add("DecideApproval", func(context.Context, activities.Check) (activities.Checked, error) {
		note("DecideApproval")
		return r.decision, nil
	})
	add("WithdrawApproval", func(context.Context, activities.Check) (activities.Checked, error) {
		note("WithdrawApproval")
		return r.withdrawal, nil
	})
	add("AgentDecide", func(_ context.Context, in activities.AgentDecision) (activities.Checked, error) {
		note("AgentDecide " + in.Act.Agent + " " + string(in.Decision))
		next := r.agents[0]
		r.agents = r.agents[1:]
		return next, nil
	})
	add("RemindApproval", func(context.Context, activities.ApprovalTurn) ([]activities.MailJob, error) {
		note("RemindApproval")
		if len(r.asked) == 0 {
			return nil, nil
		}
		return []activities.MailJob{reminder}, nil
	})
	add("LapseApproval", func(context.Context, activities.ApprovalTurn) (activities.Checked, error) {
		note("LapseApproval")
		return activities.Checked{Verdict: accepted, Decision: onboarding.Lapsed, Mails: []activities.MailJob{
			{Case: "case", Kind: onboarding.NotAnsweredMail, Number: 1, Generation: 1}}}, nil
	})
}

// agentAnswers has an agent answer.
func agentAnswers(t *testing.T, env *testsuite.TestWorkflowEnvironment, after time.Duration, name string, decision onboarding.Decision) {
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(AgentDecide, name+string(decision), &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { t.Errorf("%s: %v", name, err) }, OnComplete: func(any, error) {},
		}, AgentDecision{Decision: decision, Act: helpdesk.Act{Agent: name, Reason: helpdesk.NoAnswer, Ticket: "HD-100"}})
	}, after)
}

func (a *awaiting) agent(after time.Duration, name string, decision onboarding.Decision) {
	agentAnswers(a.t, a.TestWorkflowEnvironment, after, name, decision)
}

func TestApprovalLeadsToThePINAndStartsTheClocksAnew(t *testing.T) {
	a := newAwaiting(t)
	a.wantStep(awaitedAt+6*day, onboarding.AwaitRepresentative)
	answered := a.send(awaitedAt+6*day+time.Hour, "yes", DecideApproval)
	a.wantStep(awaitedAt+6*day+2*time.Hour, onboarding.AwaitPIN)
	a.wantStep(awaitedAt+7*day+90*time.Minute, onboarding.AwaitProof) // a day after the approval
	a.run(onboarding.Expired)
	answered.want(t, "the answer", onboarding.Accepted)
	if want := awaitedAt + 6*day + time.Hour + onboarding.LinkingOpen; a.ended() != want {
		t.Errorf("expired after %v, want %v", a.ended(), want)
	}
}

func TestApprovedCaseIsLinked(t *testing.T) {
	a := newAwaiting(t)
	a.send(2*awaitedAt, "yes", DecideApproval)
	a.send(3*awaitedAt, "pin", SubmitPIN)
	a.run(onboarding.Linked)
	slices.Sort(a.done[4:6]) // two mails at once
	a.wantDone("OpenLinking", "CheckCredentials", "SendApproval approval", "DecideApproval", "SendApproval approved", "SendPIN",
		"CheckPIN", "CompleteLinking", "SendNotice linked")
}

func TestRefusedCaseIsBackAtItsProofForThreeDays(t *testing.T) {
	a := newAwaiting(t)
	a.decision = activities.Checked{Verdict: accepted, Decision: onboarding.Declined,
		Mails: []activities.MailJob{{Case: "case", Kind: onboarding.NotApprovedMail, Number: 1, Generation: 1}}}
	a.send(awaitedAt+5*day, "no", DecideApproval)
	a.at(awaitedAt+5*day+time.Hour, func(v LinkingView) {
		if v.Step != onboarding.AwaitProof || v.LastOutcome != onboarding.NotApproved {
			t.Errorf("at %s after %s", v.Step, v.LastOutcome)
		}
	})
	a.run(onboarding.Expired)
	if want := awaitedAt + 5*day + onboarding.LinkingOpen; a.ended() != want {
		t.Errorf("expired after %v, want %v", a.ended(), want)
	}
}

func TestAnswerThatDoesNotCountLeavesTheCaseWaiting(t *testing.T) {
	a := newAwaiting(t)
	a.decision = activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.DeadLink}}
	dead := a.send(2*awaitedAt, "old link", DecideApproval)
	a.wantStep(3*awaitedAt, onboarding.AwaitRepresentative)
	a.send(4*awaitedAt, "stop", Cancel)
	a.run(onboarding.Cancelled)
	dead.want(t, "an old link", onboarding.DeadLink)
}

func TestRepresentativeIsRemindedOnTheThirdDayAndTheHelpdeskLooksOnTheFifth(t *testing.T) {
	a := newAwaiting(t)
	a.at(awaitedAt+3*day-time.Minute, func(LinkingView) {
		a.wantDone("OpenLinking", "CheckCredentials", "SendApproval approval")
	})
	a.at(awaitedAt+3*day+time.Minute, func(LinkingView) {
		a.wantDone("OpenLinking", "CheckCredentials", "SendApproval approval", "RemindApproval", "SendApproval approval_reminder")
	})
	a.wantAttention(awaitedAt+5*day-time.Minute, "")
	a.wantAttention(awaitedAt+5*day+time.Minute, "no_answer")
	a.wantStep(awaitedAt+7*day-time.Minute, onboarding.AwaitRepresentative)
	a.wantStep(awaitedAt+7*day+time.Minute, onboarding.AwaitProof)
	a.wantAttention(awaitedAt+7*day+time.Minute, "")
	a.run(onboarding.Expired)
	a.wantDone("OpenLinking", "CheckCredentials", "SendApproval approval", "RemindApproval", "SendApproval approval_reminder",
		"LapseApproval", "SendApproval not_answered", "CloseLinking")
	if want := awaitedAt + 7*day + onboarding.LinkingOpen; a.ended() != want {
		t.Errorf("expired after %v, want %v", a.ended(), want)
	}
}

func TestHelpdeskLooksAtOnceWhereNobodyCouldBeAsked(t *testing.T) {
	for name, prepare := range map[string]func(*awaiting){
		"no representative known": func(a *awaiting) { a.asked = nil },
		"the mail was refused":    func(a *awaiting) { a.mailed = onboarding.MailRefused },
	} {
		t.Run(name, func(t *testing.T) {
			a := newAwaiting(t)
			prepare(a)
			a.wantAttention(awaitedAt+time.Minute, "no_representative")
			a.wantAttention(awaitedAt+4*day, "no_representative")
			a.agents = []activities.Checked{{Verdict: onboarding.Verdict{Outcome: onboarding.Proposed}}, a.decision}
			a.agent(awaitedAt+4*day+time.Hour, "ann", onboarding.Approved)
			a.wantAttention(awaitedAt+4*day+90*time.Minute, "second_agent")
			a.agent(awaitedAt+4*day+2*time.Hour, "bob", onboarding.Approved)
			a.wantAttention(awaitedAt+4*day+3*time.Hour, "")
			a.wantStep(awaitedAt+4*day+3*time.Hour, onboarding.AwaitPIN)
			a.send(awaitedAt+4*day+4*time.Hour, "pin", SubmitPIN)
			a.run(onboarding.Linked)
		})
	}
}

func TestClockGoesOnWhereItStoodAfterAWithdrawal(t *testing.T) {
	a := newAwaiting(t)
	withdrawn := a.send(awaitedAt+6*day, "other", WithdrawApproval)
	a.wantStep(awaitedAt+6*day+time.Minute, onboarding.AwaitProof)
	a.run(onboarding.Expired)
	withdrawn.want(t, "withdrawal", onboarding.Accepted)
	if want := onboarding.LinkingOpen + 6*day; a.ended() != want {
		t.Errorf("expired after %v, want %v", a.ended(), want)
	}
}

func TestPersonStopsWhileTheRepresentativeIsAwaited(t *testing.T) {
	a := newAwaiting(t)
	stopped := a.send(2*awaitedAt, "stop", Cancel)
	late := a.send(2*awaitedAt, "yes", DecideApproval)
	a.run(onboarding.Cancelled)
	stopped.want(t, "stop", onboarding.Accepted)
	late.wantRejected(t, "an answer after the stop", onboarding.Stale)
}

func TestOnlyAnswersFitACaseThatAwaitsThem(t *testing.T) {
	a := newAwaiting(t)
	early := a.send(time.Minute, "early", DecideApproval)
	var stale []*answer
	for _, update := range []string{SubmitCredentials, SubmitPIN, ResendPIN, ChangeAddress, RetryNow} {
		stale = append(stale, a.send(2*awaitedAt, update, update))
	}
	a.send(3*awaitedAt, "stop", Cancel)
	a.run(onboarding.Cancelled)
	early.wantRejected(t, "an answer without a question", onboarding.Stale)
	for _, rejected := range stale {
		rejected.wantRejected(t, "a form of another step", onboarding.Stale)
	}
}

func TestApprovalWithoutAPINMailTakesTheCaseBackToItsProof(t *testing.T) {
	a := newAwaiting(t)
	a.decision.Mails = a.decision.Mails[:1]
	a.send(2*awaitedAt, "yes", DecideApproval)
	a.wantStep(3*awaitedAt, onboarding.AwaitProof)
	a.send(4*awaitedAt, "stop", Cancel)
	a.run(onboarding.Cancelled)
}
