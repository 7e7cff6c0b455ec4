package store

import (
	"context"
	"database/sql"
	"time"

	"koppel/onboarding"
)

// OpenLinking writes the row of a case that has begun; one that stands already stays as it is. The workflow id
// admits one running case per identity, so another open row of the identity was left by a case that was terminated.
func (t *Tx) OpenLinking(ctx context.Context, l Linking) error {
	_, err := t.tx.ExecContext(ctx, `
		update linkings set step = $3, ended_at = $4 where identity = $1 and id <> $2 and ended_at is null`,
		l.Identity, l.ID, onboarding.Cancelled, l.Since)
	if err != nil {
		return translate("end abandoned linking", err)
	}
	_, err = t.tx.ExecContext(ctx, `
		update approvals set decision = 'withdrawn', decided_at = $3
		where identity = $1 and kind = 'linking' and case_id <> $2 and decision is null`, l.Identity, l.ID, l.Since)
	if err != nil {
		return translate("withdraw abandoned approval", err)
	}
	_, err = t.tx.ExecContext(ctx, `
		insert into linkings (id, workflow_id, identity, reference, language, step, since, deadline)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (id) do nothing`,
		l.ID, l.WorkflowID, l.Identity, l.Reference, l.Language, l.Step, l.Since, l.Deadline)
	return translate("open linking", err)
}

// LockLinking returns a case and holds its row until the end of the transaction.
func (t *Tx) LockLinking(ctx context.Context, id string) (Linking, error) {
	var row linkingRow
	err := t.tx.GetContext(ctx, &row, `
		select id, workflow_id, identity, reference, language, step, since, deadline,
			coalesce(account::text, '') as account, coalesce(code, '') as code, coalesce(institution, '') as institution,
			generation, locked_until, refusal
		from linkings where id = $1 for update`, id)
	return row.linking(), translate("lock linking", err)
}

// SaveLinking writes what may change of a case; ending it is one of these changes.
func (t *Tx) SaveLinking(ctx context.Context, l Linking) error {
	_, err := t.tx.ExecContext(ctx, `
		update linkings set language = $2, step = $3, since = $4, deadline = $5, account = $6, locked_until = $7,
			refusal = $8, ended_at = $9, generation = $10, code = $11, institution = $12
		where id = $1`,
		l.ID, l.Language, l.Step, l.Since, l.Deadline, nullText(l.Account), null(l.LockedUntil), l.Refusal, l.ended(), l.Generation,
		nullText(l.Code), nullText(string(l.Institution)))
	return translate("save linking", err)
}

// ForgetHandovers deletes what was handed over to a case and never used.
func (t *Tx) ForgetHandovers(ctx context.Context, workflowID string) error {
	_, err := t.tx.ExecContext(ctx, `delete from handovers where workflow_id = $1`, workflowID)
	return translate("forget handovers", err)
}

// Account is an account of the old system.
type Account struct {
	ID           string                     `db:"id"`
	Username     string                     `db:"username"`
	Email        onboarding.Email           `db:"email"`         // as registered long ago
	Institution  onboarding.InstitutionCode `db:"institution"`   // the successor of one that was merged
	Closed       bool                       `db:"closed"`        // the institution, without a successor
	PasswordHash string                     `db:"password_hash"` // empty once linked
	Person       string                     `db:"person"`        // empty until linked
	Board        onboarding.InstitutionCode `db:"board"`         // of the institution, or itself; may be empty
	BoardKvK     onboarding.KvKNumber       `db:"kvk"`           // may be empty: the register has gaps
	Name         string                     `db:"name"`          // of the institution
	LinkedAt     sql.NullTime               `db:"linked_at"`

	PasswordSetAt   sql.NullTime `db:"password_set_at"`   // by a reset; null when the password is the old one, or none
	PasswordEndedAt sql.NullTime `db:"password_ended_at"` // since then the old password is gone for good
}

const accountColumns = `
	a.id, a.username, a.email, i.code as institution, i.closed_on is not null as closed, coalesce(a.password_hash, '') as password_hash, coalesce(a.person::text, '') as person,
	coalesce(b.code, '') as board, coalesce(b.kvk, '') as kvk, i.name, a.linked_at, a.password_set_at, a.password_ended_at`

const accountTables = `
	legacy_accounts a
	join institutions registered on registered.code = a.institution
	join institutions i on i.code = coalesce(registered.successor, registered.code)
	left join institutions b on b.code = coalesce(i.board, i.code) and b.kind = 'board'`

// AccountByUsername finds an account by the key of its username. NotFound when there is none.
func (t *Tx) AccountByUsername(ctx context.Context, usernameKey string) (Account, error) {
	var a Account
	err := t.tx.GetContext(ctx, &a, `select `+accountColumns+` from `+accountTables+` where a.username_key = $1`, usernameKey)
	return a, translate("find account", err)
}

// LockAccount returns an account and holds its row. Its institution is not merged or closed meanwhile.
func (t *Tx) LockAccount(ctx context.Context, id string) (Account, error) {
	var a Account
	err := t.tx.GetContext(ctx, &a, `
		select `+accountColumns+` from `+accountTables+` where a.id = $1
		for update of a for share of registered`, id)
	return a, translate("lock account", err)
}

// Bond is what a link is made with: an account or an activation code, and the institution that either is for.
type Bond struct {
	Account     string // id; empty for an activation code
	Code        string // id; empty for an account
	Institution onboarding.InstitutionCode
}

type statement struct {
	what, sql string
	args      []any
}

// use makes the activation code used; or the password gone, and the account the person's unless somebody else holds it.
func (b Bond) use(person string, now time.Time) statement {
	if b.Code != "" {
		return statement{"use activation code", `
			update activation_codes set used_at = $2
			where id = $1 and used_at is null and voided_at is null returning id::text`, []any{b.Code, now}}
	}
	return statement{"bind account", `
		update legacy_accounts a set
			person = case when exists (select from identities i where i.person = a.person) then a.person else $1 end,
			linked_at = $3, password_ended_at = $3, password_hash = null, password_set_at = null
		where a.id = $2 and a.password_hash is not null returning a.id::text`, []any{person, b.Account, now}}
}

// source is how a membership tells what it rests on.
func (b Bond) source() string {
	if b.Code != "" {
		return "activation"
	}
	return "legacy"
}

// Link binds an account or activation code and an identity to a person in one go: the one with the ID of p, or a new one.
// The person may act for the institution, the old password is gone or the code is used, and sessions of the identity
// other than keep are ended. NotFound when the identity got a person meanwhile, or the password or code was used.
func (t *Tx) Link(ctx context.Context, b Bond, identity string, p Person, keep []byte, now time.Time) (person string, err error) {
	if person = p.ID; person == "" {
		err = t.tx.GetContext(ctx, &person, `
			insert into persons (email, language, created_at) values ($1, $2, $3) returning id`, p.Email, p.Language, now)
	}
	if err != nil {
		return "", translate("add person", err)
	}
	for _, s := range []statement{
		{"bind identity", `update identities set person = $1, linked_at = $3 where hash = $2 and person is null returning hash`,
			[]any{person, identity, now}},
		b.use(person, now),
		{"add membership", `
			insert into memberships (person, institution, source, since) values ($1, $2, $3, $4)
			on conflict (person, institution) do update set since = memberships.since returning institution`,
			[]any{person, b.Institution, b.source(), now}},
	} {
		var touched string
		if err := t.tx.GetContext(ctx, &touched, s.sql, s.args...); err != nil {
			return "", translate(s.what, err)
		}
	}
	_, err = t.tx.ExecContext(ctx, `delete from sessions where identity = $1 and token_hash <> $2`, identity, keep)
	return person, translate("end other sessions", err)
}

// OpenCases counts the linkings that are not over, by step.
func (s *Store) OpenCases(ctx context.Context) (map[onboarding.Step]int, error) {
	var rows []struct {
		Step  onboarding.Step `db:"step"`
		Count int             `db:"count"`
	}
	err := s.db.SelectContext(ctx, &rows, `select step, count(*) from linkings where ended_at is null group by step`)
	counts := make(map[onboarding.Step]int, len(rows))
	for _, row := range rows {
		counts[row.Step] = row.Count
	}
	return counts, translate("count open cases", err)
}
