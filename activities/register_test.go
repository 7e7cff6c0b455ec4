package activities

import (
	"strings"
	"testing"

	"koppel/mail/mailtest"
	"koppel/onboarding"
	"koppel/store"
)

// merge lets the registers say that De Regenboog was merged into De Linde, and returns the notice of one person.
func (d *desk) merge(language string) NoticeJob {
	d.t.Helper()
	d.db.MustExec(`insert into institutions (code, kind, name, board) values ('16AH', 'school', 'De Linde', '10249')`)
	d.db.MustExec(`
		with person as (
			insert into persons (email, language, created_at) values ($1, $2, $3) returning id
		)
		insert into memberships (person, institution, source, since) select id, '03AB', 'legacy', $3 from person`,
		janeEmail, language, d.now)
	d.close(store.Closure{Code: "03AB", On: d.now, Successor: "16AH"})
	return NoticeJob{Notice: d.text(`select id from register_notices`)}
}

func (d *desk) close(closures ...store.Closure) {
	d.t.Helper()
	noError(d.t, d.Store.Import(d.t.Context(), false, func(tx *store.Tx) error {
		_, err := tx.CloseInstitutions(d.t.Context(), closures, d.now)
		return err
	}))
}

func TestSendRegisterNoticeTwice(t *testing.T) {
	d := newDesk(t)
	sent := twice[Sent](d, d.SendRegisterNotice, d.merge("nl"))
	mails := d.mails.Mails()
	if sent.State != onboarding.MailSent || len(mails) != 1 {
		t.Fatalf("%+v, %d mails, want one sent", sent, len(mails))
	}
	if want := "De Regenboog (03AB) is per 2 maart 2026 opgegaan in De Linde (16AH)."; !strings.Contains(mails[0].Text, want) || mails[0].To[0] != janeEmail {
		t.Errorf("to %v: %s\nwant %s", mails[0].To, mails[0].Text, want)
	}
	if n := d.count(`select count(*) from register_notices where settled_at is not null`); n != 1 {
		t.Error("the notice is not settled")
	}
}

func TestRegisterNoticeIsInThePersonsLanguage(t *testing.T) {
	d := newDesk(t)
	twice[Sent](d, d.SendRegisterNotice, d.merge("en"))
	if text := d.mails.Mails()[0].Text; !strings.Contains(text, "became part of De Linde") {
		t.Errorf("mail: %s", text)
	}
}

func TestRegisterNoticeWaitsForTheMailServerAndSettlesARefusal(t *testing.T) {
	d := newDesk(t)
	job := d.merge("nl")
	d.mails.SetFault(mailtest.Fault{At: mailtest.Recipient, Reply: 451, Times: 1})
	if _, err := do[Sent](d, d.SendRegisterNotice, job); err == nil {
		t.Fatal("a mail server that is away is taken for an answer")
	}
	if n := d.count(`select count(*) from register_notices where settled_at is not null`); n != 0 {
		t.Fatal("a notice that was not sent is settled")
	}
	d.mails.SetFault(mailtest.Fault{At: mailtest.Recipient, Reply: 550, Times: 1})
	if sent, err := do[Sent](d, d.SendRegisterNotice, job); err != nil || sent.State != onboarding.MailRefused {
		t.Fatalf("%+v, %v, want refused", sent, err)
	}
	if sent := twice[Sent](d, d.SendRegisterNotice, job); sent.State != onboarding.MailRefused || len(d.mails.Mails()) != 0 {
		t.Errorf("%+v and %d mails after a refusal", sent, len(d.mails.Mails()))
	}
}

func TestRegisterNoticeOfAnErasedPersonIsSuperseded(t *testing.T) {
	d := newDesk(t)
	job := d.merge("nl")
	d.db.MustExec(`delete from persons`)
	if sent := twice[Sent](d, d.SendRegisterNotice, job); sent.State != onboarding.MailSuperseded || len(d.mails.Mails()) != 0 {
		t.Errorf("%+v, %d mails", sent, len(d.mails.Mails()))
	}
}

func TestAccountOfAMergedInstitutionIsLinkedToItsSuccessor(t *testing.T) {
	d := newDesk(t)
	d.db.MustExec(`insert into institutions (code, kind, name, kvk) values ('20418', 'board', 'De Kring', '90005678')`)
	d.db.MustExec(`insert into institutions (code, kind, name, board) values ('16AH', 'school', 'De Linde', '20418')`)
	d.close(store.Closure{Code: "03AB", On: d.now, Successor: "16AH"})
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.NeedsApproval) // the old board
	const kring = "22222222-2222-4222-8222-222222222222"
	d.login("piet", "90005678")
	d.open(kring, "piet")
	checked := d.credentials(kring, janeUsername, janePassword, janeEmail)
	wantOutcome(t, checked, onboarding.Accepted)
	wantOutcome(t, d.pin(kring, d.mailPIN(checked.Mails[0])), onboarding.Accepted)
	done, err := do[Completed](d, d.CompleteLinking, Completion{Case: kring})
	if err != nil || done.Outcome != onboarding.Accepted {
		t.Fatalf("%+v, %v", done, err)
	}
	if got := d.text(`select institution from memberships`); got != "16AH" {
		t.Errorf("acts for %s, want 16AH", got)
	}
}

func TestAccountOfAClosedInstitutionIsNotLinked(t *testing.T) {
	d := newDesk(t)
	d.close(store.Closure{Code: "03AB", On: d.now})
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.InstitutionEnded)
	d.wantStep(janeCase, onboarding.AwaitProof)
	if n := d.count(`select count(*) from audit where event = 'proof.ended'`); n != 1 {
		t.Errorf("%d lines of audit, want 1", n)
	}
}

func TestACompletedLinkingEndsItsPasswordForGood(t *testing.T) {
	d := newDesk(t)
	wantOutcome(t, d.pin(janeCase, d.mailPIN(d.prove())), onboarding.Accepted)
	_, err := do[Completed](d, d.CompleteLinking, Completion{Case: janeCase})
	noError(t, err)
	if n := d.count(`select count(*) from legacy_accounts where username_key = 'regenboog01' and password_ended_at = $1`, d.now); n != 1 {
		t.Error("the password has no end")
	}
}
