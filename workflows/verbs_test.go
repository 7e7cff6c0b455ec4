package workflows

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

// scriptHelp makes the activities behind what agents do answer, and notes what they were asked.
func scriptHelp(env *testsuite.TestWorkflowEnvironment, outcome onboarding.Outcome) (asked *[]activities.Help) {
	asked = &[]activities.Help{}
	for _, help := range helps {
		env.RegisterActivityWithOptions(func(_ context.Context, in activities.Help) (activities.Checked, error) {
			*asked = append(*asked, in)
			verdict := onboarding.Verdict{Outcome: outcome}
			if help.update == AgentExtend {
				verdict.Until = in.Deadline
			}
			return activities.Checked{Verdict: verdict}, nil
		}, activity.RegisterOptions{Name: help.update})
	}
	return asked
}

// helpOutcome is what leads from a step to the result of an act of an agent.
func helpOutcome(step onboarding.Step, event string, result onboarding.Step) onboarding.Outcome {
	switch {
	case event == AgentCancel && result == stays:
		return onboarding.NoAgent
	case event == AgentCorrect && result == stays && step != onboarding.MailingPIN:
		return onboarding.Proposed
	}
	return onboarding.Accepted
}

// agentEvents are all updates by which agents do something, of cases of any kind.
func agentEvents() (all []string) {
	for _, each := range tables {
		for _, event := range each.table.events() {
			if each.table.by(event) == byHelpdesk && !slices.Contains(all, event) {
				all = append(all, event)
			}
		}
	}
	return all
}

// TestEveryVerbOfTheHelpdeskAtEveryState sends every update of agents to cases of every kind at every step: where the
// table has no cell for it, it is rejected with the step that the case is at. What is allowed is walked with its results
// by TestEveryCellOfEveryTable.
func TestEveryVerbOfTheHelpdeskAtEveryState(t *testing.T) {
	events := agentEvents()
	if len(events) < len(helps)+4 {
		t.Fatalf("found only %v", events)
	}
	allowed, refused := 0, 0
	for _, each := range tables {
		for _, step := range slices.DeleteFunc(each.table.steps(), onboarding.Step.Over) {
			for _, event := range events {
				if each.table.admits(event, step) {
					allowed++
					continue
				}
				refused++
				t.Run(each.workflow+"/"+string(step)+"/"+event, func(t *testing.T) {
					verbRefused(t, walks[each.workflow](t), each.table, step, event)
				})
			}
		}
	}
	t.Logf("%d verbs: %d states allow one, %d refuse one", len(events), allowed, refused)
}

func verbRefused(t *testing.T, w walk, table table, step onboarding.Step, event string) {
	asked := scriptHelp(w.env(), onboarding.Accepted)
	reached, _ := w.prepare(step, "", step)
	before, after := stepAt(t, w, reached), stepAt(t, w, reached+2*time.Millisecond)
	got := sendUpdate(w.env(), reached+time.Millisecond, "refused", event)
	w.play()
	if *before != step || *after != step || !got.rejected || len(*asked) != 0 {
		t.Errorf("rejected %v, from %q to %q, asked %v", got.rejected, *before, *after, *asked)
	}
	if !slices.Contains(table.events(), event) && !isHelp(event) {
		return // the engine says that a workflow of this kind takes no such update
	}
	got.wantRejected(t, event, onboarding.Stale)
	if reason := got.err.Error(); !strings.Contains(reason, string(step)) || !strings.Contains(reason, event) {
		t.Errorf("the reason does not tell: %v", got.err)
	}
}

func isHelp(event string) bool {
	for _, help := range helps {
		if help.update == event {
			return true
		}
	}
	return false
}

func TestAgentMovesTheDeadlineByADay(t *testing.T) {
	j := newJourney(t)
	asked := scriptHelp(j.TestWorkflowEnvironment, onboarding.Accepted)
	j.send(time.Hour, "a1", AgentExtend)
	j.at(2*time.Hour, func(v LinkingView) {
		if want := j.started.Add(onboarding.LinkingOpen + onboarding.ExtendBy); !v.Until.Equal(want) {
			t.Errorf("until %v, want %v", v.Until, want)
		}
	})
	j.run(onboarding.Expired)
	if want := onboarding.LinkingOpen + onboarding.ExtendBy; j.ended() != want || len(*asked) != 1 {
		t.Errorf("ended after %v, want %v", j.ended(), want)
	}
}

func TestExtendingLeavesTheDayOfAProof(t *testing.T) {
	j := newJourney(t)
	asked := scriptHelp(j.TestWorkflowEnvironment, onboarding.Accepted)
	j.send(time.Hour, "u1", SubmitCredentials)
	j.send(2*time.Hour, "a1", AgentExtend)
	j.wantStep(time.Hour+onboarding.ProofGood+time.Minute, onboarding.AwaitProof)
	j.run(onboarding.Expired)
	if got := (*asked)[0]; !got.Until.Equal(j.started.Add(time.Hour+onboarding.ProofGood)) || !got.Deadline.Equal(j.started.Add(onboarding.LinkingOpen+onboarding.ExtendBy)) {
		t.Errorf("asked %+v", got)
	}
}

func TestProposedAddressCallsForASecondAgentUntilItIsSettled(t *testing.T) {
	j := newJourney(t)
	scriptHelp(j.TestWorkflowEnvironment, onboarding.Proposed)
	j.send(time.Minute, "u1", SubmitCredentials)
	proposed := j.send(time.Hour, "a1", AgentCorrect)
	j.wantAttention(time.Hour+time.Second, secondAgent)
	j.send(2*time.Hour, "u2", ChangeAddress)
	j.wantAttention(2*time.Hour+time.Second, "")
	j.send(3*time.Hour, "u3", SubmitPIN)
	j.run(onboarding.Linked)
	proposed.want(t, "proposal", onboarding.Proposed)
}

func TestCaseThatAnAgentEndedTakesNothingMore(t *testing.T) {
	j := newJourney(t)
	scriptHelp(j.TestWorkflowEnvironment, onboarding.Accepted)
	j.send(time.Minute, "u1", SubmitCredentials)
	j.send(time.Hour, "a1", AgentCancel)
	j.run(onboarding.Cancelled)
	if j.ended() != time.Hour {
		t.Errorf("ended after %v", j.ended())
	}
}

func TestAgentRenewsTheMail(t *testing.T) {
	j := newJourney(t)
	another := activities.MailJob{Case: "case", Kind: onboarding.PINMail, Number: 2, Generation: 1}
	j.RegisterActivityWithOptions(func(context.Context, activities.Help) (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{another}}, nil
	}, activity.RegisterOptions{Name: AgentResend})
	var sent []activities.MailJob
	j.sendPIN = func(m activities.MailJob) (activities.Sent, error) {
		sent = append(sent, m)
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	j.send(time.Minute, "u1", SubmitCredentials)
	j.send(time.Hour, "a1", AgentResend)
	j.send(2*time.Hour, "u2", SubmitPIN)
	j.run(onboarding.Linked)
	if !slices.Equal(sent, []activities.MailJob{pinMail, another}) {
		t.Errorf("sent %+v", sent)
	}
}
