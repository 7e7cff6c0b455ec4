package store

import (
	"context"
	"database/sql"
	"time"

	"koppel/onboarding"
)

// ActivationCode is a code that was printed in a letter, without its secret.
type ActivationCode struct {
	ID          string                     `db:"id"`
	SecretHash  string                     `db:"secret_hash"`
	Institution onboarding.InstitutionCode `db:"institution"` // the successor of one that was merged
	Name        string                     `db:"name"`        // of the institution
	Closed      bool                       `db:"closed"`      // the institution, without a successor
	Board       onboarding.InstitutionCode `db:"board"`       // of the institution, or itself; may be empty
	BoardKvK    onboarding.KvKNumber       `db:"kvk"`         // may be empty: the register has gaps
	IssuedAt    time.Time                  `db:"issued_at"`
	ExpiresAt   time.Time                  `db:"expires_at"`
	UsedAt      sql.NullTime               `db:"used_at"`
	VoidedAt    sql.NullTime               `db:"voided_at"`
}

const codeColumns = `
	c.id, c.secret_hash, i.code as institution, i.name, i.closed_on is not null as closed, coalesce(b.code, '') as board,
	coalesce(b.kvk, '') as kvk, c.issued_at, c.expires_at, c.used_at, c.voided_at`

const codeTables = `
	activation_codes c
	join institutions registered on registered.code = c.institution
	join institutions i on i.code = coalesce(registered.successor, registered.code)
	left join institutions b on b.code = coalesce(i.board, i.code) and b.kind = 'board'`

// ActivationCodeBySelector finds the code that is in use under a selector, else the newest that was. NotFound when there
// never was one.
func (t *Tx) ActivationCodeBySelector(ctx context.Context, selector string) (ActivationCode, error) {
	var c ActivationCode
	err := t.tx.GetContext(ctx, &c, `
		select `+codeColumns+` from `+codeTables+`
		where c.selector = $1
		order by c.used_at is null and c.voided_at is null desc, c.issued_at desc limit 1`, selector)
	return c, translate("find activation code", err)
}

// LockActivationCode returns a code and holds its row. Its institution is not merged or closed meanwhile.
func (t *Tx) LockActivationCode(ctx context.Context, id string) (ActivationCode, error) {
	var c ActivationCode
	err := t.tx.GetContext(ctx, &c, `
		select `+codeColumns+` from `+codeTables+` where c.id = $1
		for update of c for share of registered`, id)
	return c, translate("lock activation code", err)
}

// IssueActivationCode makes a code good for an institution, and the one before it for nothing. Conflict when the selector
// is in use: draw another.
func (t *Tx) IssueActivationCode(ctx context.Context, institution onboarding.InstitutionCode, selector, secretHash string, now, expires time.Time) (id string, replaced bool, err error) {
	if replaced, err = t.VoidActivationCodes(ctx, institution, now); err != nil {
		return "", false, err
	}
	err = t.tx.GetContext(ctx, &id, `
		insert into activation_codes (selector, secret_hash, institution, issued_at, expires_at)
		values ($1, $2, $3, $4, $5) on conflict (selector) where used_at is null and voided_at is null do nothing
		returning id`, selector, secretHash, institution, now, expires)
	if onboarding.KindOf(translate("", err)) == onboarding.NotFound {
		return "", replaced, &onboarding.Error{Kind: onboarding.Conflict, Message: "p.500"}
	}
	return id, replaced, translate("issue activation code", err)
}

// VoidActivationCodes makes the code of an institution good for nothing and tells whether there was one.
func (t *Tx) VoidActivationCodes(ctx context.Context, institution onboarding.InstitutionCode, now time.Time) (bool, error) {
	result, err := t.tx.ExecContext(ctx, `
		update activation_codes set voided_at = $2
		where institution = $1 and used_at is null and voided_at is null`, institution, now)
	if err != nil {
		return false, translate("void activation codes", err)
	}
	voided, err := result.RowsAffected()
	return voided > 0, translate("void activation codes", err)
}

// LatestActivationCode is the newest code of an institution. NotFound when it never had one.
func (s *Store) LatestActivationCode(ctx context.Context, institution onboarding.InstitutionCode) (ActivationCode, error) {
	var c ActivationCode
	err := s.db.GetContext(ctx, &c, `
		select `+codeColumns+` from `+codeTables+` where c.institution = $1
		order by c.issued_at desc limit 1`, institution)
	return c, translate("find activation code", err)
}

// SelectorTaken tells whether a code in use has this selector.
func (s *Store) SelectorTaken(ctx context.Context, selector string) (taken bool, err error) {
	err = s.db.GetContext(ctx, &taken, `
		select exists (select from activation_codes where selector = $1 and used_at is null and voided_at is null)`, selector)
	return taken, translate("look for selector", err)
}
