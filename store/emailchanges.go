package store

import (
	"context"
	"time"

	"koppel/onboarding"
)

// EmailChange is the read model of a change of address.
type EmailChange struct {
	Case
	Person  string
	Former  []byte             // the address until then, sealed at FormerAddress
	Refusal onboarding.Outcome // why it ended, where the person has to be told
	PINMail
}

// FormerAddress is the place that the address before a change is sealed at.
func FormerAddress(caseID string) string { return "email_changes/" + caseID }

type emailChangeRow struct {
	caseRow
	Person  string             `db:"person"`
	Former  []byte             `db:"former"`
	Refusal onboarding.Outcome `db:"refusal"`
	pinMailRow
}

func (r emailChangeRow) change() EmailChange {
	return EmailChange{Case: r.caseRow.read(), Person: r.Person, Former: r.Former, Refusal: r.Refusal, PINMail: r.pinMailRow.read()}
}

// OpenEmailChange writes the row of a case that has begun; one that stands already stays as it is. The workflow id
// admits one running case per person, so another open row of the person was left by a case that was terminated.
func (t *Tx) OpenEmailChange(ctx context.Context, c EmailChange) error {
	_, err := t.tx.ExecContext(ctx, `
		update email_changes set step = $3, ended_at = $4 where person = $1 and id <> $2 and ended_at is null`,
		c.Person, c.ID, onboarding.Cancelled, c.Since)
	if err != nil {
		return translate("end abandoned email change", err)
	}
	_, err = t.tx.ExecContext(ctx, `
		insert into email_changes (id, workflow_id, identity, person, former, reference, language, step, since, deadline)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (id) do nothing`,
		c.ID, c.WorkflowID, c.Identity, c.Person, c.Former, c.Reference, c.Language, c.Step, c.Since, c.Deadline)
	return translate("open email change", err)
}

// LockEmailChange returns a case and holds its row until the end of the transaction.
func (t *Tx) LockEmailChange(ctx context.Context, id string) (EmailChange, error) {
	var row emailChangeRow
	err := t.tx.GetContext(ctx, &row, `
		select id, workflow_id, identity, person, former, reference, language, step, since, deadline, generation, locked_until, refusal
		from email_changes where id = $1 for update`, id)
	return row.change(), translate("lock email change", err)
}

// SaveEmailChange writes what may change of a case; ending it is one of these changes.
func (t *Tx) SaveEmailChange(ctx context.Context, c EmailChange) error {
	_, err := t.tx.ExecContext(ctx, `
		update email_changes set language = $2, step = $3, since = $4, deadline = $5, locked_until = $6, generation = $7,
			ended_at = $8, refusal = $9
		where id = $1`,
		c.ID, c.Language, c.Step, c.Since, c.Deadline, null(c.LockedUntil), c.Generation, c.ended(), c.Refusal)
	return translate("save email change", err)
}

// LatestEmailChange returns the newest case of a person, open or over. NotFound when there is none.
func (s *Store) LatestEmailChange(ctx context.Context, person string) (EmailChange, error) {
	var row emailChangeRow
	err := s.db.GetContext(ctx, &row, `
		select c.id, c.workflow_id, c.identity, c.person, c.former, c.reference, c.language, c.step, c.since, c.deadline,
			c.generation, c.locked_until, c.refusal,
			p.address, p.expires_at, coalesce(m.state, '') as mail, coalesce(m.accepted_at, m.requested_at) as mail_at
		from email_changes c
		left join pins p on p.case_id = c.id and p.generation = c.generation
		left join lateral (
			select state, accepted_at, requested_at from mails
			where case_id = c.id and kind = 'pin' order by number desc limit 1) m on true
		where c.person = $1
		order by c.ended_at is null desc, c.since desc limit 1`, person)
	return row.change(), translate("find email change", err)
}

// ChangeEmail gives a person another confirmed address and ends every session of the person but keep. NotFound when
// the identity that asked for it is not the person's any more.
func (t *Tx) ChangeEmail(ctx context.Context, person, identity string, email onboarding.Email, keep []byte) error {
	var changed string
	err := t.tx.GetContext(ctx, &changed, `
		update persons p set email = $3 from identities i
		where p.id = $1 and i.person = p.id and i.hash = $2 returning p.id`, person, identity, email)
	if err != nil {
		return translate("change email", err)
	}
	_, err = t.tx.ExecContext(ctx, `
		delete from sessions s using identities i
		where i.hash = s.identity and i.person = $1 and s.token_hash <> $2`, person, keep)
	return translate("end other sessions", err)
}

// VoidEmailChanges ends the open changes of address of an identity, and of its person, and returns them. Their PINs
// are void and what was handed over to them is gone.
func (t *Tx) VoidEmailChanges(ctx context.Context, identity string, now time.Time) ([]Voided, error) {
	var ended []Voided
	err := t.tx.SelectContext(ctx, &ended, `
		with ended as (
			update email_changes set step = $3, since = $2, ended_at = $2
			where ended_at is null and step <> $4
				and (identity = $1 or person = (select person from identities where hash = $1))
			returning id, workflow_id
		), voided as (
			update pins set voided_at = $2 where voided_at is null and case_id in (select id from ended)
		), moot as (
			delete from corrections where case_id in (select id from ended)
		), forgotten as (
			delete from handovers where workflow_id in (select workflow_id from ended)
		)
		select id, workflow_id from ended`, identity, now, onboarding.Voided, onboarding.Notifying)
	return ended, translate("void email changes", err)
}
