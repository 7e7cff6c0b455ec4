package store

import (
	"context"
	"time"

	"koppel/onboarding"
)

// Addition is the read model of an addition: one person, one institution.
type Addition struct {
	Case
	Person      string
	Institution onboarding.InstitutionCode
	Source      onboarding.MembershipSource // by what it is added; empty while nothing counts
	Account     string                      // that proved it; may be empty
	Code        string                      // activation code that proved it; may be empty
	Refusal     onboarding.Outcome          // why what was shown did not count although it was right
}

type additionRow struct {
	caseRow
	Person      string                      `db:"person"`
	Institution onboarding.InstitutionCode  `db:"institution"`
	Source      onboarding.MembershipSource `db:"source"`
	Account     string                      `db:"account"`
	Code        string                      `db:"code"`
	Refusal     onboarding.Outcome          `db:"refusal"`
}

func (r additionRow) addition() Addition {
	return Addition{r.caseRow.read(), r.Person, r.Institution, r.Source, r.Account, r.Code, r.Refusal}
}

// LatestAddition returns the newest case of a person for an institution, open or over. NotFound when there is none.
func (s *Store) LatestAddition(ctx context.Context, person string, code onboarding.InstitutionCode) (Addition, error) {
	var row additionRow
	err := s.db.GetContext(ctx, &row, `
		select id, workflow_id, identity, reference, language, step, since, deadline, locked_until, 0 as generation,
			person, institution, source, coalesce(account::text, '') as account, coalesce(code, '') as code, refusal
		from additions where person = $1 and institution = $2
		order by ended_at is null desc, since desc limit 1`, person, code)
	return row.addition(), translate("find addition", err)
}

// AwaitedInstitutions lists the institutions whose representatives are asked whether the person may add them, by name.
func (s *Store) AwaitedInstitutions(ctx context.Context, person string) ([]Membership, error) {
	var found []Membership
	err := s.db.SelectContext(ctx, &found, `
		select i.code, i.kind, i.name, i.place, a.since, i.closed_on
		from additions a join institutions i on i.code = a.institution
		where a.person = $1 and a.step = 'await_representative' and a.ended_at is null
		order by i.name, i.code`, person)
	return found, translate("list awaited institutions", err)
}

// OpenAddition writes the row of a case that has begun; one that stands already stays as it is. The workflow id admits
// one running case per person and institution, so another open row was left by a case that was terminated.
func (t *Tx) OpenAddition(ctx context.Context, a Addition) error {
	_, err := t.tx.ExecContext(ctx, `
		update additions set step = $4, ended_at = $5
		where person = $1 and institution = $2 and id <> $3 and ended_at is null`,
		a.Person, a.Institution, a.ID, onboarding.Cancelled, a.Since)
	if err != nil {
		return translate("end abandoned addition", err)
	}
	_, err = t.tx.ExecContext(ctx, `
		insert into additions (id, workflow_id, identity, person, institution, reference, language, step, since, deadline)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (id) do nothing`,
		a.ID, a.WorkflowID, a.Identity, a.Person, a.Institution, a.Reference, a.Language, a.Step, a.Since, a.Deadline)
	return translate("open addition", err)
}

// LockAddition returns a case and holds its row until the end of the transaction.
func (t *Tx) LockAddition(ctx context.Context, id string) (Addition, error) {
	var row additionRow
	err := t.tx.GetContext(ctx, &row, `
		select id, workflow_id, identity, reference, language, step, since, deadline, locked_until, 0 as generation,
			person, institution, source, coalesce(account::text, '') as account, coalesce(code, '') as code, refusal
		from additions where id = $1 for update`, id)
	return row.addition(), translate("lock addition", err)
}

// SaveAddition writes what may change of a case; ending it is one of these changes.
func (t *Tx) SaveAddition(ctx context.Context, a Addition) error {
	_, err := t.tx.ExecContext(ctx, `
		update additions set identity = $2, language = $3, step = $4, since = $5, deadline = $6, locked_until = $7,
			source = $8, account = $9, code = $10, refusal = $11, ended_at = $12
		where id = $1`,
		a.ID, a.Identity, a.Language, a.Step, a.Since, a.Deadline, null(a.LockedUntil),
		a.Source, nullText(a.Account), nullText(a.Code), a.Refusal, a.ended())
	return translate("save addition", err)
}

// Add lets the person of a case act for its institution: the account that proved it is the person's, and its password is
// gone. Where it is a member already, it stays as it is. Taken: the account has become somebody else's. CodeEnded: the
// activation code was used or replaced. InstitutionEnded:
// the institution has closed.
func (t *Tx) Add(ctx context.Context, a Addition, now time.Time) (onboarding.Outcome, error) {
	var open bool
	err := t.tx.GetContext(ctx, &open, `select closed_on is null from institutions where code = $1 for share`, a.Institution)
	if err != nil || !open {
		return onboarding.InstitutionEnded, translate("find institution", err)
	}
	if a.Account != "" {
		result, err := t.tx.ExecContext(ctx, `
			update legacy_accounts set person = $1, linked_at = coalesce(linked_at, $3), password_ended_at = $3, password_hash = null
			where id = $2 and (person is null or person = $1)`, a.Person, a.Account, now)
		if err != nil {
			return "", translate("bind account", err)
		}
		if bound, err := result.RowsAffected(); err != nil || bound == 0 {
			return onboarding.Taken, translate("bind account", err)
		}
	}
	if a.Code != "" {
		result, err := t.tx.ExecContext(ctx, `
			update activation_codes set used_at = $2 where id = $1 and used_at is null and voided_at is null`, a.Code, now)
		if err != nil {
			return "", translate("use activation code", err)
		}
		if used, err := result.RowsAffected(); err != nil || used == 0 {
			return onboarding.CodeEnded, translate("use activation code", err)
		}
	}
	_, err = t.tx.ExecContext(ctx, `
		insert into memberships (person, institution, source, since) values ($1, $2, $3, $4)
		on conflict do nothing`, a.Person, a.Institution, a.Source, now)
	return onboarding.Accepted, translate("add membership", err)
}

// Added returns the membership that a case has made, with its institution.
func (t *Tx) Added(ctx context.Context, a Addition) (Membership, error) {
	var m Membership
	err := t.tx.GetContext(ctx, &m, `
		select code, kind, name, place, $2::timestamptz as since, closed_on from institutions where code = $1`,
		a.Institution, a.Since)
	return m, translate("find added institution", err)
}
