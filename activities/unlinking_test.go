package activities

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
)

const (
	unlinkCase = "44444444-4444-4444-8444-444444444444"
	fatima     = "aaaaaaaa-0000-4000-8000-000000000001" // agents
	bilal      = "aaaaaaaa-0000-4000-8000-000000000002"
	joost      = "aaaaaaaa-0000-4000-8000-000000000003" // operator
	revoked    = "aaaaaaaa-0000-4000-8000-000000000004" // revoked
)

// unlinks links jane, adds agents, and opens an unlinking of jane.
func unlinks(t *testing.T, reported bool) *desk {
	t.Helper()
	d := newDesk(t)
	d.session("s", jane)
	d.link()
	d.addAgents()
	d.now = d.now.Add(time.Hour)
	d.openUnlinking(reported)
	return d
}

func (d *desk) addAgents() {
	for i, id := range []string{fatima, bilal, joost, revoked} {
		role := "helpdesk"
		if id == joost {
			role = "operator"
		}
		d.db.MustExec(`insert into agents (id, name, role, token_hash, created_at) values ($1, $2, $3, sha256($2::text::bytea), $4)`,
			id, fmt.Sprint("agent", i), role, d.now)
	}
	d.db.MustExec(`update agents set revoked_at = $1 where id = $2`, d.now, revoked)
}

func (d *desk) openUnlinking(reported bool) []onboarding.InstitutionCode {
	d.t.Helper()
	return twice[[]onboarding.InstitutionCode](d, d.OpenUnlinking, UnlinkOpening{Case: unlinkCase, Identity: jane,
		Reference: "K3TF-9M2Q", Reported: reported, At: d.now, Deadline: d.now.Add(onboarding.UnlinkingOpen)})
}

func (d *desk) unlinkAct(activity any, agent string, reason helpdesk.Reason) Checked {
	d.t.Helper()
	return twice[Checked](d, activity, UnlinkAct{Check: Check{Case: unlinkCase, Update: onboarding.NewID()},
		Act: helpdesk.Act{Agent: agent, Reason: reason, Ticket: "HD-20261"}})
}

// issueCode gives 03AB an activation code.
func (d *desk) issueCode(institution, selector string) {
	d.db.MustExec(`insert into activation_codes (selector, secret_hash, institution, issued_at, expires_at) values ($1, 'x', $2, $3, $4)`,
		selector, institution, d.now, d.now.Add(21*24*time.Hour))
}

func (d *desk) wantUnlinkStep(want onboarding.Step) {
	d.t.Helper()
	if got := d.text(`select step from unlinkings where id = $1`, unlinkCase); got != string(want) {
		d.t.Errorf("step %s, want %s", got, want)
	}
}

// readyToConfirm proposes by fatima; the code that the last way in needs stands ready.
func (d *desk) readyToConfirm(reason helpdesk.Reason) {
	d.t.Helper()
	wantOutcome(d.t, d.unlinkAct(d.ProposeUnlink, fatima, reason), onboarding.Accepted)
	d.now = d.now.Add(time.Hour)
	d.issueCode("03AB", "AAAA")
}

func TestUnlinkingByTwoAgentsTakesTheIdentityAndTellsBothParties(t *testing.T) {
	d := unlinks(t, true)
	d.db.MustExec(`insert into representatives (institution, email) values ('10249', 'bestuur@regenboog.example')`)
	d.openChange(jane)
	d.db.MustExec(`insert into drafts values ($1, 'x', now(), now() + interval '1 day')`, jane)
	d.readyToConfirm(helpdesk.NotMine)
	done := d.unlinkAct(d.ConfirmUnlink, bilal, helpdesk.NotMine)
	wantOutcome(t, done, onboarding.Accepted)
	d.want(0, `identities where person is not null`)
	d.want(0, `sessions`)
	d.want(0, `drafts`)
	d.want(1, `email_changes where step = 'voided'`)
	d.want(1, `persons`)
	before := len(d.mails.Mails())
	for _, job := range done.Mails {
		if sent := twice[Sent](d, d.SendUnlinked, job); sent.State != onboarding.MailSent {
			t.Errorf("%+v", sent)
		}
	}
	var to []string
	for _, m := range d.mails.Mails()[before:] {
		to = append(to, m.To...)
		if !strings.Contains(m.Text, "De Regenboog (03AB)") || !strings.Contains(m.Text, "activatiecode") {
			t.Errorf("to %v: %s", m.To, m.Text)
		}
	}
	if want := []string{janeEmail, "bestuur@regenboog.example"}; !slices.Equal(to, want) {
		t.Errorf("mails to %v, want %v", to, want)
	}
	d.wantUnlinkStep(onboarding.Unlinked)
	var told struct {
		Agent, Reason, Ticket, Person string
		ProposedBy                    string `json:"proposed_by"`
	}
	noError(t, json.Unmarshal([]byte(d.text(`select detail from audit where event = 'unlink.confirmed' and case_id = $1`, unlinkCase)), &told))
	if told.Agent != bilal || told.ProposedBy != fatima || told.Reason != "not_mine" || told.Ticket != "HD-20261" || told.Person == "" {
		t.Errorf("%+v", told)
	}
	d.want(1, `audit where event = 'unlink.reported'`)
}

// T14: role × verb × step. Who may and when; everything else changes nothing.
func TestUnlinkingIsOnlyForTheRightRoleAtTheRightStep(t *testing.T) {
	for _, step := range []onboarding.Step{onboarding.AwaitAgent, onboarding.AwaitSecondAgent, onboarding.Notifying, onboarding.Cancelled, onboarding.Expired} {
		t.Run(string(step), func(t *testing.T) {
			same := unlinks(t, true) // nothing of what is refused changes it
			same.bring(step)
			for _, agent := range []string{fatima, bilal, joost, revoked, "aaaaaaaa-0000-4000-8000-00000000000f"} {
				for _, verb := range []helpdesk.Verb{helpdesk.Propose, helpdesk.Confirm, helpdesk.Dismiss} {
					want, leads := cell(step, agent, verb)
					if want != onboarding.Accepted {
						same.tryAct(verb, agent, want, leads)
						continue
					}
					t.Run(fmt.Sprint(verb, " by ", agent), func(t *testing.T) {
						d := unlinks(t, true)
						d.bring(step)
						d.tryAct(verb, agent, want, leads)
					})
				}
			}
		})
	}
}

// bring takes the unlinking to a step, proposed by fatima.
func (d *desk) bring(step onboarding.Step) {
	d.t.Helper()
	if step != onboarding.AwaitAgent {
		d.readyToConfirm(helpdesk.Left)
	}
	switch step {
	case onboarding.Notifying:
		wantOutcome(d.t, d.unlinkAct(d.ConfirmUnlink, bilal, helpdesk.Left), onboarding.Accepted)
	case onboarding.Cancelled:
		wantOutcome(d.t, d.unlinkAct(d.DismissUnlink, bilal, helpdesk.Mistake), onboarding.Accepted)
	case onboarding.Expired:
		_, err := do[any](d, d.CloseUnlinking, Closing{Case: unlinkCase, Step: onboarding.Expired})
		noError(d.t, err)
	}
	d.wantUnlinkStep(step)
}

// cell is what an act of an agent comes to at a step that fatima's proposal led to, and where it leads.
func cell(step onboarding.Step, agent string, verb helpdesk.Verb) (onboarding.Outcome, onboarding.Step) {
	switch {
	case agent != fatima && agent != bilal:
		return onboarding.NoAgent, step
	case verb == helpdesk.Propose && step == onboarding.AwaitAgent:
		return onboarding.Accepted, onboarding.AwaitSecondAgent
	case verb == helpdesk.Confirm && step == onboarding.AwaitSecondAgent && agent == fatima:
		return onboarding.SecondNeeded, step
	case verb == helpdesk.Confirm && step == onboarding.AwaitSecondAgent:
		return onboarding.Accepted, onboarding.Notifying
	case verb == helpdesk.Dismiss && (step == onboarding.AwaitAgent || step == onboarding.AwaitSecondAgent):
		return onboarding.Accepted, onboarding.Cancelled
	}
	return onboarding.AskAgain, step
}

// tryAct has an agent act, and wants nothing changed where the act is not accepted.
func (d *desk) tryAct(verb helpdesk.Verb, agent string, want onboarding.Outcome, leads onboarding.Step) {
	d.t.Helper()
	before := d.count(`select count(*) from audit where event like 'unlink.%'`)
	linked := d.count(`select count(*) from identities where person is not null`)
	activity := map[helpdesk.Verb]any{
		helpdesk.Propose: d.ProposeUnlink, helpdesk.Confirm: d.ConfirmUnlink, helpdesk.Dismiss: d.DismissUnlink}[verb]
	wantOutcome(d.t, d.unlinkAct(activity, agent, helpdesk.Left), want)
	d.wantUnlinkStep(leads)
	if want != onboarding.Accepted {
		d.want(before, `audit where event like 'unlink.%'`)
		d.want(linked, `identities where person is not null`)
	}
}

func TestLastWayInIsNotRemovedWithoutANewCode(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*desk)
		reason  helpdesk.Reason
		missing string // institutions; empty: it is done
	}{
		"no code":                               {func(*desk) {}, helpdesk.Left, "[03AB]"},
		"a new code":                            {func(d *desk) { d.issueCode("03AB", "AAAA") }, helpdesk.Left, "[]"},
		"a code of before":                      {func(d *desk) { d.codeOfBefore() }, helpdesk.Left, "[03AB]"},
		"a code that was used":                  {func(d *desk) { d.spoiltCode(`used_at = now()`) }, helpdesk.Left, "[03AB]"},
		"a code that was void":                  {func(d *desk) { d.spoiltCode(`voided_at = now()`) }, helpdesk.Left, "[03AB]"},
		"a code that has ended":                 {func(d *desk) { d.spoiltCode(`expires_at = issued_at`) }, helpdesk.Left, "[03AB]"},
		"a colleague":                           {func(d *desk) { d.colleague() }, helpdesk.Left, "[]"},
		"a colleague, and jane is to come back": {func(d *desk) { d.colleague() }, helpdesk.NewSupplier, "[03AB]"},
		"another identity of jane":              {func(d *desk) { d.otherIdentity() }, helpdesk.NewSupplier, "[]"},
		"a colleague who has no identity any more": {func(d *desk) {
			d.colleague()
			d.db.MustExec(`update identities set person = null, linked_at = null where hash = 'colleague'`)
		}, helpdesk.Left, "[03AB]"},
		"the institution has closed and nobody can act for it": {func(d *desk) { d.db.MustExec(`update institutions set closed_on = '2026-01-01' where code = '03AB'`) }, helpdesk.Left, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			d := unlinks(t, false)
			wantOutcome(t, d.unlinkAct(d.ProposeUnlink, fatima, test.reason), onboarding.Accepted)
			d.now = d.now.Add(time.Hour)
			test.prepare(d)
			done := d.unlinkAct(d.ConfirmUnlink, bilal, test.reason)
			if got := fmt.Sprint(done.Institutions); got != test.missing {
				t.Errorf("missing %s, want %s", got, test.missing)
			}
			linked := d.count(`select count(*) from identities where hash = $1 and person is not null`, jane)
			if wanted := test.missing != "[]"; (done.Verdict.Outcome == onboarding.CodeNeeded) != wanted || (linked == 1) != wanted {
				t.Errorf("%s, linked %d", done.Verdict.Outcome, linked)
			}
		})
	}
}

// spoiltCode is a new one that is good for nothing.
func (d *desk) spoiltCode(how string) {
	d.issueCode("03AB", "AAAA")
	d.db.MustExec(`update activation_codes set ` + how)
}

// codeOfBefore is a code that was issued before the proposal.
func (d *desk) codeOfBefore() {
	d.issueCode("03AB", "AAAA")
	d.db.MustExec(`update activation_codes set issued_at = (select proposed_at from unlinkings)`)
}

// colleague is another person of jane's school.
func (d *desk) colleague() {
	d.login("colleague", boardKvK)
	d.db.MustExec(`
		with p as (insert into persons (email, language, created_at) values ('collega@regenboog.example', 'nl', now()) returning id),
			m as (insert into memberships select id, '03AB', 'register', now() from p)
		update identities set person = p.id, linked_at = now() from p where hash = 'colleague'`)
}

// otherIdentity is a second one of jane.
func (d *desk) otherIdentity() {
	d.login("other", boardKvK)
	d.db.MustExec(`update identities set person = (select person from identities where hash = $1), linked_at = now() where hash = 'other'`, jane)
}

func TestLetterInTheHandsOfWhoLeftIsVoid(t *testing.T) {
	d := unlinks(t, false)
	d.db.MustExec(`insert into institutions (code, kind, name) values ('16AH', 'school', 'De Linde')`)
	d.db.MustExec(`insert into memberships select person, '16AH', 'register', now() from identities where hash = $1`, jane)
	d.issueCode("16AH", "BBBB") // jane has its letter
	wantOutcome(t, d.unlinkAct(d.ProposeUnlink, fatima, helpdesk.Left), onboarding.Accepted)
	d.now = d.now.Add(time.Hour)
	d.issueCode("03AB", "AAAA")
	done := d.unlinkAct(d.ConfirmUnlink, bilal, helpdesk.Left)
	wantOutcome(t, done, onboarding.CodeNeeded) // of 16AH
	d.db.MustExec(`update activation_codes set voided_at = now() where selector = 'BBBB'`)
	d.issueCode("16AH", "CCCC")
	wantOutcome(t, d.unlinkAct(d.ConfirmUnlink, bilal, helpdesk.Left), onboarding.Accepted)
	d.want(2, `activation_codes where voided_at is null`)
}

func TestIdentityWithoutAPersonIsNotUnlinked(t *testing.T) {
	d := newDesk(t)
	d.addAgents()
	d.openUnlinking(false)
	wantOutcome(t, d.unlinkAct(d.ProposeUnlink, fatima, helpdesk.Left), onboarding.NotLinked)
	d.wantUnlinkStep(onboarding.AwaitAgent)
}

func TestUnlinkedPersonLogsInToTheFormAgain(t *testing.T) {
	d := unlinks(t, false)
	d.readyToConfirm(helpdesk.LostAccess)
	wantOutcome(t, d.unlinkAct(d.ConfirmUnlink, bilal, helpdesk.LostAccess), onboarding.Accepted)
	d.db.MustExec(`update linkings set step = 'linked', ended_at = $1`, d.now)
	d.open(rivalCase, jane)
	wantOutcome(t, d.credentials(rivalCase, janeUsername, janePassword, janeEmail), onboarding.WrongCredentials)
}
