package activities

import (
	"testing"
	"time"

	"koppel/onboarding"
)

// relinks has linked jane, whom another login of a new supplier wants to join: the rival's case.
func relinks(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.session("s", jane)
	d.db.MustExec(`insert into representatives (institution, email) values ('10249', 'bestuur@regenboog.example')`)
	d.link()
	d.now = d.now.Add(time.Hour)
	d.rival()
	return d
}

// reset gives jane's account a new password, as a representative does.
func (d *desk) reset() {
	hash, err := cheap.Hash(d.t.Context(), janePassword)
	noError(d.t, err)
	d.db.MustExec(`update legacy_accounts set password_hash = $1, password_set_at = $2 where username_key = $3`, hash, d.now, janeUsername)
}

// relink proves the rival's case with the new password and an address, up to its link.
func (d *desk) relink(email string) {
	d.t.Helper()
	proof := d.credentials(rivalCase, janeUsername, janePassword, email)
	wantOutcome(d.t, proof, onboarding.Accepted)
	wantOutcome(d.t, d.pin(rivalCase, d.mailPIN(proof.Mails[0])), onboarding.Accepted)
	d.complete(rivalCase, onboarding.Accepted)
}

// T13: who has a new password of a linked account, of the same organisation, joins its person by that person's address.
func TestNewPasswordAndTheConfirmedAddressJoinThePerson(t *testing.T) {
	d := relinks(t)
	d.reset()
	d.relink(" Jane@Regenboog.example"[1:])
	d.want(1, `persons`)
	d.want(2, `identities where person is not null`)
	d.want(1, `memberships`)
	d.want(0, `legacy_accounts where username_key = $1 and password_hash is not null`, janeUsername)
	if d.text(`select string_agg(distinct kind, ' ' order by kind) from mails where case_id = $1 and kind <> 'pin'`, rivalCase) != "linked owner_notice representative_notice" {
		t.Errorf("not everybody is told")
	}
}

// T13: anything else waits for a representative; approved, there is a new person beside the old one, who is told.
func TestLinkedAccountIsInheritedByNobodyWithoutApproval(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*desk)
		email   string
	}{
		"another address":             {func(d *desk) { d.reset() }, "rival@regenboog.example"},
		"an old password":             {func(d *desk) { d.reset(); d.db.MustExec(`update legacy_accounts set password_set_at = null`) }, janeEmail},
		"another organisation":        {func(d *desk) { d.reset(); d.db.MustExec(`update identities set kvk = '90009999' where hash = 'rival'`) }, janeEmail},
		"the board has no KvK number": {func(d *desk) { d.reset(); d.db.MustExec(`update institutions set kvk = null`) }, janeEmail},
	} {
		t.Run(name, func(t *testing.T) {
			d := relinks(t)
			test.prepare(d)
			wantOutcome(t, d.credentials(rivalCase, janeUsername, janePassword, test.email), onboarding.NeedsApproval)
			d.wantStep(rivalCase, onboarding.AwaitRepresentative)
			d.want(0, `identities where hash = 'rival' and person is not null`)
		})
	}
}

func TestApprovedLoginGetsAPersonBesideTheOldOneWhoIsTold(t *testing.T) {
	d := relinks(t)
	d.reset()
	wantOutcome(t, d.credentials(rivalCase, janeUsername, janePassword, "rival@regenboog.example"), onboarding.NeedsApproval)
	d.db.MustExec(`update approvals set decision = 'approved', decided_at = $1, decided_by = 'representative'`, d.now)
	d.db.MustExec(`update linkings set step = 'await_proof' where id = $1`, rivalCase)
	d.relink("rival@regenboog.example")
	d.want(2, `persons`)
	d.want(1, `legacy_accounts a join persons p on p.id = a.person where p.email = $1`, janeEmail)
	d.want(1, `identities where hash = $1 and person is not null`, jane)
	d.want(1, `mails where case_id = $1 and kind = 'owner_notice' and recipient = $2`, rivalCase, janeEmail)
}

// T13: of somebody who left, and was unlinked, a new credential leads to a new person; the old address joins the old one.
func TestAccountOfSomebodyWhoLeftIsFreeForANewCredential(t *testing.T) {
	for name, test := range map[string]struct {
		email   string
		persons int
	}{"a successor": {"opvolger@regenboog.example", 2}, "the same person, back again": {janeEmail, 1}} {
		t.Run(name, func(t *testing.T) {
			d := relinks(t)
			d.db.MustExec(`update identities set person = null, linked_at = null where hash = $1`, jane)
			d.reset()
			d.relink(test.email)
			d.want(test.persons, `persons`)
			d.want(1, `legacy_accounts a join identities i on i.person = a.person where i.hash = 'rival'`)
		})
	}
}

func TestNewPasswordJoinsOnce(t *testing.T) {
	d := relinks(t)
	d.reset()
	proof := d.credentials(rivalCase, janeUsername, janePassword, janeEmail)
	wantOutcome(t, d.pin(rivalCase, d.mailPIN(proof.Mails[0])), onboarding.Accepted)
	d.db.MustExec(`update legacy_accounts set password_hash = null, password_set_at = null`) // another login was first
	d.complete(rivalCase, onboarding.Taken)
	d.want(0, `identities where hash = 'rival' and person is not null`)
}

func TestApprovalDoesNotMakeASpentPasswordGood(t *testing.T) {
	d := relinks(t)
	d.reset()
	wantOutcome(t, d.credentials(rivalCase, janeUsername, janePassword, "rival@regenboog.example"), onboarding.NeedsApproval)
	d.db.MustExec(`update approvals set decision = 'approved', decided_at = $1, decided_by = 'representative'`, d.now)
	d.db.MustExec(`update linkings set step = 'await_proof' where id = $1`, rivalCase)
	proof := d.credentials(rivalCase, janeUsername, janePassword, "rival@regenboog.example")
	wantOutcome(t, d.pin(rivalCase, d.mailPIN(proof.Mails[0])), onboarding.Accepted)
	d.db.MustExec(`update legacy_accounts set password_hash = null, password_set_at = null`) // another login was first
	d.complete(rivalCase, onboarding.Taken)
}

// TestAddressOfThePersonIsLookedAtAgainWhenTheLinkIsMade: it was changed after the proof.
func TestAddressOfThePersonIsLookedAtAgainWhenTheLinkIsMade(t *testing.T) {
	d := relinks(t)
	d.reset()
	proof := d.credentials(rivalCase, janeUsername, janePassword, janeEmail)
	wantOutcome(t, d.pin(rivalCase, d.mailPIN(proof.Mails[0])), onboarding.Accepted)
	d.db.MustExec(`update persons set email = 'nieuw@regenboog.example'`)
	d.complete(rivalCase, onboarding.Taken)
}
