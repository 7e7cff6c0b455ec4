package workflows

import (
	"slices"
	"testing"
	"time"

	"koppel/activities"
	"koppel/onboarding"
)

// askingAddition is an addition whose representatives are asked at awaitedAt.
type askingAddition struct {
	*adding
	representatives
}

func newAskingAddition(t *testing.T) *askingAddition {
	t.Helper()
	a := scriptAdditionApproval(newAdding(t))
	a.check = a.needsApproval
	a.submit(awaitedAt, "ask", AskRepresentative)
	return a
}

func scriptAdditionApproval(played *adding) *askingAddition {
	a := &askingAddition{adding: played, representatives: representatives{asked: []activities.MailJob{question}, mailed: onboarding.MailSent}}
	a.decision = activities.Checked{Verdict: accepted, Decision: onboarding.Approved}
	a.withdrawal = activities.Checked{Verdict: accepted, Decision: onboarding.Withdrawn}
	a.representatives.register(a.TestWorkflowEnvironment, func(name string) { noteIn(&a.done, name) })
	return a
}

func (a *askingAddition) needsApproval() (activities.Checked, error) {
	return activities.Checked{Mails: a.asked,
		Verdict: onboarding.Verdict{Outcome: onboarding.NeedsApproval, Until: a.Now().Add(onboarding.ApprovalOpen)}}, nil
}

func (a *askingAddition) wantEnded(want time.Duration) {
	a.t.Helper()
	if got := a.Now().Sub(a.started); got != want {
		a.t.Errorf("ended after %v, want %v", got, want)
	}
}

func TestApprovedAdditionIsAddedAtOnce(t *testing.T) {
	a := newAskingAddition(t)
	a.wantView(awaitedAt+6*day, onboarding.AwaitRepresentative, noAnswer) // no longer than 72 hours without one
	answered := a.submit(awaitedAt+6*day+time.Hour, "yes", DecideApproval)
	a.run(onboarding.Added)
	answered.want(t, "the answer", onboarding.Accepted)
	slices.Sort(a.done[len(a.done)-2:])
	a.wantDone("OpenAddition", "SeekAdditionApproval", "SendApproval approval", "RemindApproval", "SendApproval approval_reminder",
		"DecideApproval", "CompleteAddition", "SendAdditionNotice added", "SendAdditionNotice added_notice")
}

func TestRefusedAdditionTakesAnotherProofForThreeDays(t *testing.T) {
	a := newAskingAddition(t)
	a.decision = activities.Checked{Verdict: accepted, Decision: onboarding.Declined,
		Mails: []activities.MailJob{{Case: "case", Kind: onboarding.NotApprovedMail, Number: 1, Generation: 1}}}
	a.submit(awaitedAt+5*day, "no", DecideApproval)
	a.wantView(awaitedAt+5*day+time.Minute, onboarding.AwaitProof, "")
	a.run(onboarding.Expired)
	a.wantEnded(awaitedAt + 5*day + onboarding.AdditionOpen)
	if !slices.Contains(a.done, "SendApproval not_approved") {
		t.Errorf("the person is not told: %q", a.done)
	}
}

func TestRepresentativeOfAnAdditionIsRemindedOnTheThirdDayAndTheHelpdeskLooksOnTheFifth(t *testing.T) {
	a := newAskingAddition(t)
	before := []string{"OpenAddition", "SeekAdditionApproval", "SendApproval approval"}
	after := append(before[:3:3], "RemindApproval", "SendApproval approval_reminder")
	a.RegisterDelayedCallback(func() { a.wantDone(before...) }, awaitedAt+3*day-time.Minute)
	a.RegisterDelayedCallback(func() { a.wantDone(after...) }, awaitedAt+3*day+time.Minute)
	a.wantView(awaitedAt+5*day-time.Minute, onboarding.AwaitRepresentative, "")
	a.wantView(awaitedAt+5*day+time.Minute, onboarding.AwaitRepresentative, noAnswer)
	a.wantView(awaitedAt+7*day-time.Minute, onboarding.AwaitRepresentative, noAnswer)
	a.wantView(awaitedAt+7*day+time.Minute, onboarding.AwaitProof, "")
	a.run(onboarding.Expired)
	a.wantDone(append(after, "LapseApproval", "SendApproval not_answered", "CloseAddition expired")...)
	a.wantEnded(awaitedAt + 7*day + onboarding.AdditionOpen)
}

func TestTwoAgentsDecideAnAdditionWhereNobodyCouldBeAsked(t *testing.T) {
	a := newAskingAddition(t)
	a.asked = nil
	a.wantView(awaitedAt+time.Minute, onboarding.AwaitRepresentative, nobodyAsked)
	a.agents = []activities.Checked{{Verdict: onboarding.Verdict{Outcome: onboarding.Proposed}}, a.decision}
	agentAnswers(t, a.TestWorkflowEnvironment, awaitedAt+time.Hour, "ann", onboarding.Approved)
	a.wantView(awaitedAt+2*time.Hour, onboarding.AwaitRepresentative, secondAgent)
	agentAnswers(t, a.TestWorkflowEnvironment, awaitedAt+3*time.Hour, "bob", onboarding.Approved)
	a.run(onboarding.Added)
}

func TestClockOfAnAdditionGoesOnWhereItStoodAfterAWithdrawal(t *testing.T) {
	a := newAskingAddition(t)
	a.submit(awaitedAt+6*day, "other", WithdrawApproval)
	a.wantView(awaitedAt+6*day+time.Minute, onboarding.AwaitProof, "")
	a.run(onboarding.Expired)
	a.wantEnded(onboarding.AdditionOpen + 6*day)
}
