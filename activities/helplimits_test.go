package activities

import (
	"testing"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
)

const beter = "beter@regenboog.example"

func TestUnlockingLetsARightPasswordIn(t *testing.T) {
	d := newDesk(t)
	d.addAgents()
	h := &helpDesk{desk: d}
	for range onboarding.CredentialTries.Max {
		d.credentials(janeCase, janeUsername, "wrong", janeEmail)
	}
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Locked)
	wantOutcome(t, h.act(onboarding.LinkingCase, helpdesk.Unlock, fatima, ""), onboarding.Accepted)
	if n := d.count(`select count(*) from linkings where locked_until is not null`); n != 0 {
		t.Error("the page still says that the step is locked")
	}
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Accepted)
}

func TestLockAfterAnUnlockingIsTheLongerOne(t *testing.T) {
	d := newDesk(t)
	d.addAgents()
	h := &helpDesk{desk: d}
	var locked Checked
	for range 2 {
		h.act(onboarding.LinkingCase, helpdesk.Unlock, fatima, "")
		for range onboarding.CredentialTries.Max {
			locked = d.credentials(janeCase, janeUsername, "wrong", janeEmail)
		}
	}
	if want := d.now.Add(onboarding.CredentialTries.Locks[1]); locked.Verdict.Outcome != onboarding.Locked || locked.Verdict.Until.Before(want) {
		t.Errorf("%+v, want a lock until %v", locked.Verdict, want)
	}
}

func TestUnlockingHasToFindALockAndIsLimited(t *testing.T) {
	h := newHelpDesk(t)
	h.bring(onboarding.LinkingCase, onboarding.AwaitPIN)
	h.db.MustExec(`update linkings set locked_until = null`)
	wantOutcome(t, h.act(onboarding.LinkingCase, helpdesk.Unlock, fatima, ""), onboarding.NotLocked)
	for range onboarding.Unlocks.Max {
		h.db.MustExec(`update linkings set locked_until = $1`, h.now.Add(time.Hour))
		wantOutcome(t, h.act(onboarding.LinkingCase, helpdesk.Unlock, fatima, ""), onboarding.Accepted)
	}
	h.db.MustExec(`update linkings set locked_until = $1`, h.now.Add(time.Hour))
	wantOutcome(t, h.act(onboarding.LinkingCase, helpdesk.Unlock, bilal, ""), onboarding.TooOften)
}

// T16: a lock on mails protects the owner of a mailbox; an agent does not end it.
func TestUnlockingLeavesTheLimitsOnMailsAndOfOthers(t *testing.T) {
	h := newHelpDesk(t)
	h.bring(onboarding.LinkingCase, onboarding.AwaitPIN)
	later := h.now.Add(time.Hour)
	for scope, subject := range map[string]string{"mail-identity": jane, "mail-address": "x", "code": "piet", "credentials": "janet:x", "pin-case": changeCase} {
		h.db.MustExec(`insert into attempts (scope, subject, first_at, last_at, locked_until) values ($1, $2, $3, $3, $4)`, scope, subject, h.now, later)
	}
	wantOutcome(t, h.act(onboarding.LinkingCase, helpdesk.Unlock, fatima, ""), onboarding.Accepted)
	if n := h.count(`select count(*) from attempts where locked_until > $1`, h.now); n != 5 {
		t.Errorf("%d locks left, want 5", n)
	}
}

func TestCaseIsExtendedThreeTimesAtMost(t *testing.T) {
	h := newHelpDesk(t)
	h.bring(onboarding.AdditionCase, onboarding.AwaitProof)
	for range onboarding.Extensions.Max {
		h.now = h.now.Add(25 * time.Hour)
		extended := h.act(onboarding.AdditionCase, helpdesk.Extend, fatima, "")
		wantOutcome(t, extended, onboarding.Accepted)
		if want := h.now.Add(25 * time.Hour); !extended.Verdict.Until.Equal(want) {
			t.Errorf("until %v, want %v", extended.Verdict.Until, want)
		}
	}
	if n := h.count(`select count(*) from additions where deadline = $1`, h.now.Add(25*time.Hour)); n != 1 {
		t.Error("the row has another deadline")
	}
	wantOutcome(t, h.act(onboarding.AdditionCase, helpdesk.Extend, bilal, ""), onboarding.TooOften)
}

func TestResendingKeepsToTheMinuteBetweenTwoMails(t *testing.T) {
	h := newHelpDesk(t)
	before := h.audited()
	wantOutcome(t, h.act(onboarding.LinkingCase, helpdesk.Resend, fatima, ""), onboarding.TooSoon)
	if h.audited() != before {
		t.Error("audited what was not done")
	}
	h.now = h.now.Add(time.Minute)
	renewed := h.act(onboarding.LinkingCase, helpdesk.Resend, fatima, "")
	wantOutcome(t, renewed, onboarding.Accepted)
	if len(renewed.Mails) != 1 || h.mailPIN(renewed.Mails[0]) == "" {
		t.Errorf("mails %+v", renewed.Mails)
	}
}

func TestCorrectedAddressGetsThePINAndTheOlderOneIsDead(t *testing.T) {
	d := newDesk(t)
	d.addAgents()
	h := &helpDesk{desk: d}
	old := d.mailPIN(d.prove())
	d.now = d.now.Add(time.Minute)
	wantOutcome(t, h.act(onboarding.LinkingCase, helpdesk.Correct, fatima, beter), onboarding.Proposed)
	if n := d.count(`select count(*) from pins`); n != 1 {
		t.Fatal("one agent was enough")
	}
	corrected := h.act(onboarding.LinkingCase, helpdesk.Correct, bilal, beter)
	wantOutcome(t, corrected, onboarding.Accepted)
	pin := d.mailPIN(corrected.Mails[0])
	if mails := d.mails.Mails(); !mails[len(mails)-1].SentTo(beter) {
		t.Error("went elsewhere")
	}
	if masked := d.text(`select masked from pins where generation = 2`); masked != "b***@regenboog.example" {
		t.Errorf("an agent sees %q", masked)
	}
	wantOutcome(t, d.pin(janeCase, old), onboarding.ReplacedPIN)
	wantOutcome(t, d.pin(janeCase, pin), onboarding.Accepted)
	if n := d.count(`select count(*) from corrections`); n != 0 {
		t.Error("the proposal stays")
	}
}

func TestAnotherAddressIsAProposalOfItsOwn(t *testing.T) {
	h := newHelpDesk(t)
	h.bring(onboarding.EmailChangeCase, onboarding.AwaitPIN)
	wantOutcome(t, h.act(onboarding.EmailChangeCase, helpdesk.Correct, fatima, beter), onboarding.Proposed)
	wantOutcome(t, h.act(onboarding.EmailChangeCase, helpdesk.Correct, bilal, "anders@regenboog.example"), onboarding.Proposed)
	wantOutcome(t, h.act(onboarding.EmailChangeCase, helpdesk.Correct, bilal, "anders@regenboog.example"), onboarding.SecondNeeded)
	wantOutcome(t, h.act(onboarding.EmailChangeCase, helpdesk.Correct, fatima, "anders@regenboog.example"), onboarding.Accepted)
}

func TestProposedAddressIsGoneOnceThePersonTypesOne(t *testing.T) {
	h := newHelpDesk(t)
	h.bring(onboarding.EmailChangeCase, onboarding.AwaitPIN)
	h.act(onboarding.EmailChangeCase, helpdesk.Correct, fatima, beter)
	wantOutcome(t, h.changeTo("zelf@regenboog.example"), onboarding.Accepted)
	wantOutcome(t, h.act(onboarding.EmailChangeCase, helpdesk.Correct, bilal, beter), onboarding.Proposed)
}

func TestCaseThatAnAgentEndsProvesNothingMore(t *testing.T) {
	h := newHelpDesk(t)
	for kind, dead := range map[onboarding.CaseKind]string{
		onboarding.LinkingCase:     `select count(*) from linkings where refusal = 'stopped_by_helpdesk' and ended_at is not null`,
		onboarding.EmailChangeCase: `select count(*) from email_changes where refusal = 'stopped_by_helpdesk' and ended_at is not null`,
	} {
		h.bring(kind, onboarding.AwaitPIN)
		h.hand(helpCases[kind].id, nil)
		wantOutcome(t, h.act(kind, helpdesk.Cancel, fatima, ""), onboarding.Accepted)
		if h.count(dead) != 1 || h.count(`select count(*) from handovers`) != 0 ||
			h.count(`select count(*) from pins where case_id = $1 and voided_at is null`, helpCases[kind].id) != 0 {
			t.Errorf("%s: something of it is left", kind)
		}
	}
}
