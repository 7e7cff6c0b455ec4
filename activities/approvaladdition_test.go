package activities

import (
	"strings"
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/onboarding"
)

// asksFor has Jane ask the representative of 16AH, of which no register has her as contact.
func asksFor(t *testing.T, prepare ...string) (d *desk, person string, asked Checked) {
	t.Helper()
	d, person = newAdding(t)
	d.PublicURL = "https://koppel.example"
	d.db.MustExec(`insert into representatives (institution, email) values ('16AH', $1)`, schoolHead)
	for _, statement := range prepare {
		d.db.MustExec(statement)
	}
	return d, person, d.seek()
}

func (d *desk) seek() Checked {
	d.t.Helper()
	return twice[Checked](d, d.SeekAdditionApproval, d.hand(addCase, map[string]any{"identity": jane, "language": "nl"}))
}

func (d *desk) answerAddition(question mailtest.Mail, decision onboarding.Decision) Checked {
	d.t.Helper()
	in := d.hand(addCase, map[string]any{"token": tokenIn(d.t, question), "decision": decision})
	return twice[Checked](d, d.DecideApproval, in)
}

func TestRepresentativeWhoApprovesLetsThePersonAddTheInstitution(t *testing.T) {
	d, person, asked := asksFor(t)
	wantOutcome(t, asked, onboarding.NeedsApproval)
	questions := d.send(asked.Mails, onboarding.ApprovalMail)
	if len(questions) != 1 || !strings.Contains(questions[0].Text, "niet bekend als contactpersoon van De Kring") ||
		strings.Contains(questions[0].Text, janeEmail) {
		t.Fatalf("want one question, why, and without the address: %+v", questions)
	}
	d.now = d.now.Add(6 * 24 * time.Hour)
	approved := d.answerAddition(questions[0], onboarding.Approved)
	if approved.Decision != onboarding.Approved || len(approved.Mails) != 0 {
		t.Errorf("approved: %+v", approved)
	}
	d.want(1, `additions where step = 'completing' and source = 'approval' and deadline = $1`, d.now.Add(onboarding.AdditionOpen))
	done := twice[Completed](d, d.CompleteAddition, Completion{Case: addCase})
	d.wantMembers(person, 1)
	d.want(1, `memberships where source = 'approval'`)
	told := twice[Sent](d, d.SendAdditionNotice, done.Mails[0])
	if last := d.mails.Mails(); told.State != onboarding.MailSent || !strings.Contains(last[len(last)-1].Text, "U kreeg toestemming voor De Kring (16AH)") {
		t.Errorf("the person is told: %+v", last)
	}
}

func TestWhyTheRepresentativeIsAskedToLetSomebodyAdd(t *testing.T) {
	for name, test := range map[string]struct {
		change, want string
	}{
		"no contact":          {`delete from contacts`, "contact"},
		"another board":       {`update institutions set kvk = '90009999' where code = '10249'`, "organisation"},
		"board without KvK":   {`update institutions set kvk = null where code = '10249'`, "organisation"},
		"contact, no own KvK": {`update institutions set kvk = null where code = '10249'; insert into contacts values ('16AH', 'jane@regenboog.example')`, "organisation"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, asked := asksFor(t, test.change)
			wantOutcome(t, asked, onboarding.NeedsApproval)
			d.want(1, `approvals where ground = $1 and kind = 'addition' and institution = '16AH'`, test.want)
		})
	}
}

func TestNobodyIsAskedWhatTheRegisterAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		change string
		want   onboarding.Outcome
	}{
		"contact by now":      {`insert into contacts (institution, email) values ('16AH', 'jane@regenboog.example')`, onboarding.Accepted},
		"closed":              {`update institutions set closed_on = '2026-01-01' where code = '16AH'`, onboarding.InstitutionEnded},
		"login of a stranger": {`update identities set person = null, linked_at = null where hash = 'jane'`, onboarding.AskAgain},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, asked := asksFor(t, test.change)
			wantOutcome(t, asked, test.want)
			d.want(0, `approvals`)
		})
	}
}

func TestRefusalOrSilenceIsToldToThePersonAndAddsNothing(t *testing.T) {
	for name, test := range map[string]struct {
		ends func(*desk, mailtest.Mail) Checked
		kind onboarding.MailKind
		want onboarding.Outcome
	}{
		"refused": {func(d *desk, m mailtest.Mail) Checked { return d.answerAddition(m, onboarding.Declined) },
			onboarding.NotApprovedMail, onboarding.NotApproved},
		"lapsed": {func(d *desk, _ mailtest.Mail) Checked {
			return twice[Checked](d, d.LapseApproval, ApprovalTurn{addCase})
		},
			onboarding.NotAnsweredMail, onboarding.NeedsApproval},
	} {
		t.Run(name, func(t *testing.T) {
			d, person, asked := asksFor(t)
			ended := test.ends(d, d.send(asked.Mails, onboarding.ApprovalMail)[0])
			d.db.MustExec(`update persons set email = 'new@regenboog.example'`)
			told := d.send(ended.Mails, test.kind)
			if len(told) != 1 || told[0].To[0] != "new@regenboog.example" || !strings.Contains(told[0].Text, "De Kring (16AH)") {
				t.Errorf("told %+v", told)
			}
			d.want(1, `additions where step = 'await_proof' and refusal <> '' and source = ''`)
			wantOutcome(t, d.seek(), test.want)
			d.wantMembers(person, 0)
		})
	}
}

func TestNobodyIsAskedAnyMoreWhenTheAdditionEnds(t *testing.T) {
	d, _, asked := asksFor(t)
	question := d.send(asked.Mails, onboarding.ApprovalMail)[0]
	twice[any](d, d.CloseAddition, Closing{addCase, onboarding.Cancelled})
	wantOutcome(t, d.answerAddition(question, onboarding.Approved), onboarding.AlreadyDecided)
	d.want(1, `additions where step = 'cancelled'`)
}

func TestAgentsDecideAnAdditionAsTheyDecideALinking(t *testing.T) {
	d, _, _ := asksFor(t, `delete from representatives`)
	d.hireAgents()
	wantOutcome(t, d.agentOn(addCase, "ann", onboarding.Approved), onboarding.Proposed)
	wantOutcome(t, d.agentOn(addCase, "bob", onboarding.Approved), onboarding.Accepted)
	d.want(1, `additions where step = 'completing' and source = 'approval'`)
}
