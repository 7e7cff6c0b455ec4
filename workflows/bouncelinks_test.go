package workflows

import (
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

func comesBack(env *testsuite.TestWorkflowEnvironment, after time.Duration, job activities.MailJob) {
	env.RegisterDelayedCallback(func() {
		env.SignalWorkflow(MailBounced, activities.Bounce{MailJob: job, Status: "5.1.1"})
	}, after)
}

func TestQuestionThatComesBackCallsTheHelpdeskOnceNobodyIsLeft(t *testing.T) {
	other := question
	other.Number = 2
	linking := newAwaiting(t)
	linking.asked = []activities.MailJob{question, other}
	comesBack(linking.TestWorkflowEnvironment, 2*awaitedAt, question)
	linking.wantAttention(3*awaitedAt, "")
	comesBack(linking.TestWorkflowEnvironment, 3*awaitedAt+time.Minute, question) // told once more
	linking.wantAttention(4*awaitedAt, "")
	comesBack(linking.TestWorkflowEnvironment, 5*awaitedAt, other)
	linking.wantAttention(6*awaitedAt, nobodyAsked)
	linking.send(7*awaitedAt, "stop", Cancel)
	linking.run(onboarding.Cancelled)

	addition := newAskingAddition(t)
	comesBack(addition.TestWorkflowEnvironment, 2*awaitedAt, question)
	addition.wantView(3*awaitedAt, onboarding.AwaitRepresentative, nobodyAsked)
	comesBack(addition.TestWorkflowEnvironment, awaitedAt+onboarding.ApprovalReminds+time.Minute, question) // of before the reminder
	addition.wantView(awaitedAt+onboarding.ApprovalReminds+time.Hour, onboarding.AwaitRepresentative, "")
	addition.submit(awaitedAt+onboarding.ApprovalReminds+2*time.Hour, "yes", DecideApproval)
	addition.run(onboarding.Added)
}

func TestResetLinkThatComesBackCallsTheHelpdesk(t *testing.T) {
	w := walkReset(t).(*walkedReset)
	reached, _ := w.prepare(onboarding.AwaitRepresentative, "", onboarding.AwaitRepresentative)
	found, _ := w.mailed(onboarding.ResetMail)
	w.round--
	w.want(reached, onboarding.AwaitRepresentative, "")
	for i, job := range found.Mails {
		comesBack(w.env(), reached+time.Duration(i+1)*time.Second, job)
	}
	w.want(reached+time.Minute, onboarding.AwaitRepresentative, nobodyAsked)
	w.play()
}
