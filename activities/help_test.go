package activities

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
)

// helpDesk has an open case of every kind, each with what it would have at any of its steps.
type helpDesk struct {
	*desk
	acts int
}

var helpCases = map[onboarding.CaseKind]struct{ table, id string }{
	onboarding.LinkingCase:     {"linkings", janeCase},
	onboarding.EmailChangeCase: {"email_changes", changeCase},
	onboarding.AdditionCase:    {"additions", addCase},
	onboarding.ResetCase:       {"resets", resetCase},
}

func newHelpDesk(t *testing.T) *helpDesk {
	t.Helper()
	d := newDesk(t)
	d.addAgents()
	d.mailPIN(d.prove())
	d.login("piet", boardKvK)
	person := d.text(`insert into persons (email, language, created_at) values ('piet@regenboog.example', 'nl', $1) returning id`, d.now)
	d.db.MustExec(`update identities set person = $1, linked_at = $2 where hash = 'piet'`, person, d.now)
	d.openChange("piet")
	d.mailPIN(d.changeTo(newEmail).Mails[0])
	d.openAddition(addCase, person, "03AB")
	d.openReset(resetCase)
	return &helpDesk{desk: d}
}

// bring takes a case to a step as if nobody had done anything about it yet, with a lock, two minutes later.
func (d *helpDesk) bring(kind onboarding.CaseKind, step onboarding.Step) {
	d.t.Helper()
	d.now = d.now.Add(2 * time.Minute)
	each := helpCases[kind]
	d.db.MustExec(fmt.Sprintf(`update %s set step = $2, deadline = $3, locked_until = $4, ended_at = null where id = $1`, each.table),
		each.id, step, d.now.Add(time.Hour), d.now.Add(time.Minute))
	d.db.MustExec(`update linkings set generation = 1`)
	d.db.MustExec(`update email_changes set generation = 1`)
	d.db.MustExec(`delete from corrections`)
	d.db.MustExec(`delete from attempts`)
	d.db.MustExec(`delete from mails where kind = 'pin' and number > 1`)
	d.db.MustExec(`delete from pins where generation > 1`)
	d.db.MustExec(`update pins set voided_at = null`)
}

// act lets an agent do something about a case; with Correct the address is newAddress.
func (d *helpDesk) act(kind onboarding.CaseKind, verb helpdesk.Verb, agent, newAddress string) Checked {
	d.t.Helper()
	d.acts++
	check := Check{Case: helpCases[kind].id, Update: fmt.Sprintf("act%d", d.acts)}
	if verb == helpdesk.Correct {
		check = d.hand(check.Case, map[string]any{"email": newAddress})
	}
	activity := map[helpdesk.Verb]any{helpdesk.Resend: d.AgentResend, helpdesk.Correct: d.AgentCorrect, helpdesk.Unlock: d.AgentUnlock,
		helpdesk.Extend: d.AgentExtend, helpdesk.Cancel: d.AgentCancel,
		helpdesk.Retry: d.AgentRetry}[verb]
	return twice[Checked](d.desk, activity, Help{Check: check, Act: helpdesk.Act{Agent: agent, Reason: helpdesk.Mistake, Ticket: "HD-20261"},
		Deadline: d.now.Add(25 * time.Hour), Until: d.now.Add(25 * time.Hour)})
}

// acted counts what the audit tells that agents did.
func (d *helpDesk) audited() int {
	d.t.Helper()
	return d.count(`select count(*) from audit where event like 'helpdesk.%' and detail ->> 'ticket' = 'HD-20261' and detail ->> 'reason' = 'mistake'`)
}

func (d *helpDesk) step(kind onboarding.CaseKind) onboarding.Step {
	d.t.Helper()
	each := helpCases[kind]
	return onboarding.Step(d.text(fmt.Sprintf(`select step from %s where id = $1`, each.table), each.id))
}

// everyStep is every step of every kind of case.
var everyStep = []onboarding.Step{
	onboarding.AwaitAddress, onboarding.AwaitProof, onboarding.AwaitRepresentative, onboarding.MailingPIN, onboarding.AwaitPIN,
	onboarding.Completing, onboarding.Notifying, onboarding.Finding, onboarding.AwaitEnd, onboarding.AwaitHelpdesk,
	onboarding.MailingLink, onboarding.AwaitAgent, onboarding.AwaitSecondAgent,
	onboarding.Linked, onboarding.Added, onboarding.Changed, onboarding.PasswordChanged, onboarding.Unmailed, onboarding.Voided,
	onboarding.Unlinked, onboarding.Expired, onboarding.Cancelled,
}

// TestEveryVerbAtEveryState (threat T14): what fits is done once, with one line of audit, by as many agents as it takes;
// what does not fit, and what a role may not, changes nothing.
func TestEveryVerbAtEveryState(t *testing.T) {
	d := newHelpDesk(t)
	allowed, refused := 0, 0
	for kind := range helpCases {
		for _, step := range everyStep {
			for _, verb := range helpdesk.CaseVerbs() {
				d.bring(kind, step)
				what := fmt.Sprintf("%s of a %s at %s", verb, kind, step)
				if slices.Contains(helpdesk.Fits(verb, kind), step) {
					allowed++
					d.wantAllowed(what, kind, step, verb)
				} else {
					refused++
					d.wantRefused(what, kind, step, verb, bilal, onboarding.AskAgain)
				}
			}
		}
	}
	t.Logf("%d verbs, %d kinds of cases, %d steps: %d allowed, %d refused", len(helpdesk.CaseVerbs()), len(helpCases), len(everyStep), allowed, refused)
}

func (d *helpDesk) wantRefused(what string, kind onboarding.CaseKind, step onboarding.Step, verb helpdesk.Verb, agent string, why onboarding.Outcome) {
	d.t.Helper()
	before := d.audited()
	got := d.act(kind, verb, agent, "beter@regenboog.example").Verdict.Outcome
	if told := d.audited() - before; got != why || told != 0 || d.step(kind) != step {
		d.t.Errorf("%s by %s: %s, %d lines of audit, at %s; want %s and nothing else", what, agent, got, told, d.step(kind), why)
	}
}

// wantAllowed does what fits: with two agents where the address is corrected.
func (d *helpDesk) wantAllowed(what string, kind onboarding.CaseKind, step onboarding.Step, verb helpdesk.Verb) {
	d.t.Helper()
	d.wantRefused(what, kind, step, verb, joost, onboarding.NoAgent) // an operator
	before, agent := d.audited(), fatima
	if verb == helpdesk.Correct {
		if got := d.act(kind, verb, agent, "beter@regenboog.example").Verdict.Outcome; got != onboarding.Proposed || d.audited() != before+1 || d.step(kind) != step {
			d.t.Errorf("%s, proposed: %s, %d lines of audit, at %s", what, got, d.audited()-before, d.step(kind))
		}
		d.wantRefused(what, kind, step, verb, agent, onboarding.SecondNeeded)
		before, agent = d.audited(), bilal
	}
	got, told := d.act(kind, verb, agent, "beter@regenboog.example").Verdict.Outcome, 0
	if told = d.audited() - before; got != onboarding.Accepted || told != 1 {
		d.t.Errorf("%s: %s, %d lines of audit, want one", what, got, told)
	}
	after := map[helpdesk.Verb]onboarding.Step{helpdesk.Cancel: onboarding.Cancelled, helpdesk.Correct: onboarding.MailingPIN}[verb]
	if after == "" {
		after = step
	}
	if d.step(kind) != after {
		d.t.Errorf("%s: at %s, want %s", what, d.step(kind), after)
	}
}

func TestOnlyOperatorsHaveAParkedStepDoneAgain(t *testing.T) {
	d := newHelpDesk(t)
	told := `select count(*) from audit where event = 'ops.retried' and detail ->> 'ticket' = 'HD-20261'`
	d.bring(onboarding.LinkingCase, onboarding.MailingPIN)
	d.wantRefused("retry", onboarding.LinkingCase, onboarding.MailingPIN, helpdesk.Retry, fatima, onboarding.NoAgent)
	if got := d.act(onboarding.LinkingCase, helpdesk.Retry, joost, "").Verdict.Outcome; got != onboarding.Accepted || d.count(told) != 1 {
		t.Errorf("%s, %d lines of audit", got, d.count(told))
	}
	d.bring(onboarding.LinkingCase, onboarding.AwaitProof)
	if got := d.act(onboarding.LinkingCase, helpdesk.Retry, joost, "").Verdict.Outcome; got != onboarding.AskAgain || d.count(told) != 1 {
		t.Errorf("at a step without a mail: %s, %d lines of audit", got, d.count(told))
	}
}
