package store

import (
	"context"
	"database/sql"
	"time"

	"koppel/onboarding"
)

// Unlinking is the read model of an unlinking.
type Unlinking struct {
	Case
	Person      string // whose identity it was when the case began; empty once erased
	Reported    bool   // by the person
	ProposedBy  string // id of the agent; empty before
	ProposedAt  time.Time
	Reason      string // of the proposal
	ConfirmedBy string // id of another agent; empty before
	Coded       bool   // a new activation code stood ready when it was done
}

type unlinkingRow struct {
	caseRow
	Person      string       `db:"person"`
	Reported    bool         `db:"reported"`
	ProposedBy  string       `db:"proposed_by"`
	ProposedAt  sql.NullTime `db:"proposed_at"`
	Reason      string       `db:"reason"`
	ConfirmedBy string       `db:"confirmed_by"`
	Coded       bool         `db:"coded"`
}

// OpenUnlinking writes the row of a case that has begun; one that stands already stays as it is. The workflow id admits
// one running case per identity, so another open row was left by a case that was terminated.
func (t *Tx) OpenUnlinking(ctx context.Context, u Unlinking) error {
	_, err := t.tx.ExecContext(ctx, `
		update unlinkings set step = $3, ended_at = $4 where identity = $1 and id <> $2 and ended_at is null`,
		u.Identity, u.ID, onboarding.Cancelled, u.Since)
	if err != nil {
		return translate("end abandoned unlinking", err)
	}
	_, err = t.tx.ExecContext(ctx, `
		insert into unlinkings (id, workflow_id, identity, person, reference, language, step, since, deadline, reported)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (id) do nothing`,
		u.ID, u.WorkflowID, u.Identity, nullText(u.Person), u.Reference, u.Language, u.Step, u.Since, u.Deadline, u.Reported)
	return translate("open unlinking", err)
}

// LockUnlinking returns a case and holds its row.
func (t *Tx) LockUnlinking(ctx context.Context, id string) (Unlinking, error) {
	var row unlinkingRow
	err := t.tx.GetContext(ctx, &row, `
		select id, workflow_id, identity, coalesce(person::text, '') as person, reference, language, step, since, deadline,
			null::timestamptz as locked_until, 0 as generation, reported, coalesce(proposed_by::text, '') as proposed_by,
			proposed_at, reason, coalesce(confirmed_by::text, '') as confirmed_by, coded
		from unlinkings where id = $1 for update`, id)
	return Unlinking{row.caseRow.read(), row.Person, row.Reported, row.ProposedBy, zero(row.ProposedAt), row.Reason,
		row.ConfirmedBy, row.Coded}, translate("lock unlinking", err)
}

// SaveUnlinking writes what may change of a case; ending it is one of these changes.
func (t *Tx) SaveUnlinking(ctx context.Context, u Unlinking) error {
	_, err := t.tx.ExecContext(ctx, `
		update unlinkings set step = $2, since = $3, deadline = $4, proposed_by = $5, proposed_at = $6, reason = $7,
			confirmed_by = $8, coded = $9, ended_at = $10
		where id = $1`,
		u.ID, u.Step, u.Since, u.Deadline, nullText(u.ProposedBy), null(u.ProposedAt), u.Reason,
		nullText(u.ConfirmedBy), u.Coded, u.ended())
	return translate("save unlinking", err)
}

// WayIn is an institution of a person, and who could still act for it without a certain identity.
type WayIn struct {
	Institution onboarding.InstitutionCode `db:"institution"`
	Name        string                     `db:"name"`
	Others      bool                       `db:"others"` // another identity, of anybody
	Coded       bool                       `db:"coded"`  // an activation code that can be used now and was issued after a moment
}

// WaysIn lists the open institutions of a person, and what remains of each without identity.
func (t *Tx) WaysIn(ctx context.Context, person, identity string, issuedAfter, now time.Time) ([]WayIn, error) {
	var found []WayIn
	err := t.tx.SelectContext(ctx, &found, `
		select m.institution, i.name,
			exists (
				select from memberships o join identities other on other.person = o.person
				where o.institution = m.institution and other.hash <> $2) as others,
			exists (
				select from activation_codes c
				where c.institution = m.institution and c.used_at is null and c.voided_at is null
					and c.issued_at > $3 and c.expires_at > $4) as coded
		from memberships m join institutions i on i.code = m.institution
		where m.person = $1 and i.closed_on is null
		order by m.institution`, person, identity, issuedAfter, now)
	return found, translate("list ways in", err)
}

// HoldIdentity returns an identity and holds its row.
func (t *Tx) HoldIdentity(ctx context.Context, hash string) (Identity, error) {
	var i Identity
	err := t.tx.GetContext(ctx, &i, identityByHash+` for update`, hash)
	return i, translate("hold identity", err)
}

// Unlink takes an identity from its person and ends its sessions. When the person has no other identity, activation
// codes of their institutions that were issued before are void: a letter may still be in their hands.
func (t *Tx) Unlink(ctx context.Context, identity, person string, issuedBefore, now time.Time) error {
	for _, s := range []struct {
		what, sql string
		args      []any
	}{
		{"unbind identity", `update identities set person = null, linked_at = null where hash = $1`, []any{identity}},
		{"end sessions", `delete from sessions where identity = $1`, []any{identity}},
		{"void activation codes", `
			update activation_codes set voided_at = $3
			where used_at is null and voided_at is null and issued_at <= $2
				and institution in (select institution from memberships where person = $1)
				and not exists (select from identities where person = $1)`, []any{person, issuedBefore, now}},
	} {
		if _, err := t.tx.ExecContext(ctx, s.sql, s.args...); err != nil {
			return translate(s.what, err)
		}
	}
	return nil
}

// LastIdentity tells whether a person has no identity but this one.
func (t *Tx) LastIdentity(ctx context.Context, person, identity string) (last bool, err error) {
	err = t.tx.GetContext(ctx, &last, `select not exists (select from identities where person = $1 and hash <> $2)`, person, identity)
	return last, translate("count identities", err)
}
