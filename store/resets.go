package store

import (
	"context"
	"database/sql"
	"time"

	"koppel/onboarding"
)

// Reset is the read model of a request for a new password.
type Reset struct {
	Case
	AskedAt     time.Time                  // the last time
	KeyID       string                     // of the tokens of the newest links
	Institution onboarding.InstitutionCode // empty: what was typed is nothing we know
	Account     string                     // empty while the representative may choose among several
}

type resetRow struct {
	caseRow
	AskedAt     time.Time                  `db:"asked_at"`
	KeyID       string                     `db:"key_id"`
	Institution onboarding.InstitutionCode `db:"institution"`
	Account     string                     `db:"account"`
}

// OpenReset writes the row of a request; one that stands already stays as it is. Another open row of the same workflow
// was left by a run that was terminated.
func (t *Tx) OpenReset(ctx context.Context, r Reset) error {
	_, err := t.tx.ExecContext(ctx, `
		update resets set step = $3, ended_at = $4 where workflow_id = $1 and id <> $2 and ended_at is null`,
		r.WorkflowID, r.ID, onboarding.Cancelled, r.Since)
	if err != nil {
		return translate("end abandoned reset", err)
	}
	_, err = t.tx.ExecContext(ctx, `
		insert into resets (id, workflow_id, identity, reference, language, step, since, deadline, asked_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (id) do nothing`,
		r.ID, r.WorkflowID, r.Identity, r.Reference, r.Language, r.Step, r.Since, r.Deadline, r.AskedAt)
	return translate("open reset", err)
}

// LockReset returns a request and holds its row until the end of the transaction.
func (t *Tx) LockReset(ctx context.Context, id string) (Reset, error) {
	var row resetRow
	err := t.tx.GetContext(ctx, &row, `
		select id, workflow_id, identity, reference, language, step, since, deadline, locked_until, generation, asked_at,
			key_id, coalesce(institution, '') as institution, coalesce(account::text, '') as account
		from resets where id = $1 for update`, id)
	return Reset{row.caseRow.read(), row.AskedAt, row.KeyID, row.Institution, row.Account}, translate("lock reset", err)
}

// SaveReset writes what may change of a request; ending it is one of these changes.
func (t *Tx) SaveReset(ctx context.Context, r Reset) error {
	_, err := t.tx.ExecContext(ctx, `
		update resets set language = $2, step = $3, since = $4, deadline = $5, generation = $6, asked_at = $7, key_id = $8,
			institution = $9, account = $10, ended_at = $11
		where id = $1`,
		r.ID, r.Language, r.Step, r.Since, r.Deadline, r.Generation, r.AskedAt, r.KeyID,
		nullText(string(r.Institution)), nullText(r.Account), r.ended())
	return translate("save reset", err)
}

// OpenResetsOf counts the requests for an institution that await their representative, other than one. Requests for the
// same institution are counted one after the other.
func (t *Tx) OpenResetsOf(ctx context.Context, institution onboarding.InstitutionCode, other string) (int, error) {
	_, err := t.tx.ExecContext(ctx, `select from institutions where code = $1 for no key update`, institution)
	if err != nil {
		return 0, translate("hold institution", err)
	}
	var open int
	err = t.tx.GetContext(ctx, &open, `
		select count(*) from resets where institution = $1 and id <> $2 and ended_at is null and generation > 0`,
		institution, other)
	return open, translate("count open resets", err)
}

// AccountsOf lists the accounts of an institution that is open, and of those that were merged into it.
func (t *Tx) AccountsOf(ctx context.Context, institution onboarding.InstitutionCode) ([]Account, error) {
	var accounts []Account
	err := t.tx.SelectContext(ctx, &accounts, `
		select `+accountColumns+` from `+accountTables+`
		where i.code = (select coalesce(successor, code) from institutions where code = $1)
		order by a.username_key`, institution)
	return accounts, translate("list accounts", err)
}

// SetPassword gives an account a new password. The one of the old system is never imported again, and every request
// for a password that was made before is void.
func (t *Tx) SetPassword(ctx context.Context, account, hash string, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		update legacy_accounts set password_hash = $2, password_set_at = $3, password_ended_at = $3 where id = $1`,
		account, hash, now)
	return translate("set password", err)
}

// OwnersOf lists the addresses of those whose account it is: as registered long ago, and of the person who linked it.
func (t *Tx) OwnersOf(ctx context.Context, account string) ([]onboarding.Email, error) {
	var emails []onboarding.Email
	err := t.tx.SelectContext(ctx, &emails, `
		select email from legacy_accounts where id = $1
		union
		select p.email from legacy_accounts a join persons p on p.id = a.person where a.id = $1
		order by email`, account)
	return emails, translate("list owners", err)
}

// InstitutionName is the name of an institution.
func (t *Tx) InstitutionName(ctx context.Context, code onboarding.InstitutionCode) (string, error) {
	var name string
	err := t.tx.GetContext(ctx, &name, `select name from institutions where code = $1`, code)
	return name, translate("find institution", err)
}

// ResetLink is a mail of a request with a link that stands in it.
type ResetLink struct {
	Kind       onboarding.MailKind `db:"kind"`
	Number     int                 `db:"number"`
	Generation int                 `db:"generation"`
	AcceptedAt sql.NullTime        `db:"accepted_at"` // null while no mail server has taken it
}

// Dead tells whether the link of a request of that generation is void at now.
func (l ResetLink) Dead(generation int, now time.Time) bool {
	late := l.AcceptedAt.Valid && !now.Before(l.AcceptedAt.Time.Add(onboarding.ResetLinkLife))
	return late || l.Generation != generation
}

// ResetLink finds the mail of a request by its link, the SHA-256 of a token. NotFound when there is none.
func (t *Tx) ResetLink(ctx context.Context, caseID string, link []byte) (ResetLink, error) {
	var found ResetLink
	err := t.tx.GetContext(ctx, &found, `
		select kind, number, generation, accepted_at from mails
		where case_id = $1 and link = $2 and kind in ('reset', 'reset_reminder')`, caseID, link)
	return found, translate("find reset link", err)
}

// ResetPage is what the page behind a link shows.
type ResetPage struct {
	WorkflowID string
	Reference  onboarding.Reference
	Name       string // of the institution
	Code       onboarding.InstitutionCode
	Accounts   []ResetAccount // of which one gets the password; at least one
}

// ResetAccount is an account that may get a new password.
type ResetAccount struct {
	ID       string `db:"id"`
	Username string `db:"username"`
}

// ResetPage returns the request that a link leads to. NotFound when the link works no more: it is too old, was replaced
// or used, or the account was linked, or got its password another way, after the request.
func (s *Store) ResetPage(ctx context.Context, link []byte, now time.Time) (ResetPage, error) {
	var rows []struct {
		WorkflowID string                     `db:"workflow_id"`
		Reference  onboarding.Reference       `db:"reference"`
		Name       string                     `db:"name"`
		Code       onboarding.InstitutionCode `db:"code"`
		ResetAccount
	}
	err := s.db.SelectContext(ctx, &rows, `
		select r.workflow_id, r.reference, i.name, i.code, a.id, a.username
		from mails m
		join resets r on r.id = m.case_id
		join institutions i on i.code = r.institution
		join legacy_accounts a on a.id = r.account or r.account is null
		join institutions registered on registered.code = a.institution
		where m.link = $1 and m.kind in ('reset', 'reset_reminder') and m.generation = r.generation
			and coalesce(m.accepted_at, $2) > $3 and r.step in ('mailing_link', 'await_representative')
			and coalesce(registered.successor, registered.code) = i.code
			and coalesce(a.password_ended_at, r.asked_at) <= r.asked_at
		order by a.username_key`, link, now, now.Add(-onboarding.ResetLinkLife))
	if err == nil && len(rows) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return ResetPage{}, translate("find reset by link", err)
	}
	page := ResetPage{WorkflowID: rows[0].WorkflowID, Reference: rows[0].Reference, Name: rows[0].Name, Code: rows[0].Code}
	for _, row := range rows {
		page.Accounts = append(page.Accounts, row.ResetAccount)
	}
	return page, nil
}
