package store

import (
	"context"
	"database/sql"

	"koppel/onboarding"
)

// Candidate is an institution that a person could add, and what the registers say of the two.
type Candidate struct {
	Code        onboarding.InstitutionCode `db:"code"`
	Kind        onboarding.InstitutionKind `db:"kind"`
	Name        string                     `db:"name"`
	Place       string                     `db:"place"`
	Contact     bool                       `db:"contact"`     // the person's confirmed address is registered for it
	OwnBoard    bool                       `db:"own_board"`   // the organisation of the login is its board
	Member      bool                       `db:"member"`      // it is in the account already
	Represented bool                       `db:"represented"` // somebody may decide for it
	ClosedOn    sql.NullTime               `db:"closed_on"`
	Successor   onboarding.InstitutionCode `db:"successor"` // of one that was merged; else empty
}

// Addable tells whether the register lets the person add it with this login, without further proof.
func (c Candidate) Addable() bool { return c.Contact && c.OwnBoard && !c.Member && !c.ClosedOn.Valid }

// Candidates lists the open institutions that the confirmed address of a person is a registered contact for and that are
// not in the account. Those of the login's own organisation come first, boards before schools, then by name. A contact of
// an institution that was merged is one of its successor.
func (s *Store) Candidates(ctx context.Context, person string, organisation onboarding.KvKNumber) ([]Candidate, error) {
	var found []Candidate
	err := s.db.SelectContext(ctx, &found, `
		with registered as (
			select distinct coalesce(r.successor, r.code) as code
			from persons p join contacts c on lower(c.email) = lower(p.email) join institutions r on r.code = c.institution
			where p.id = $1
		)
		select i.code, i.kind, i.name, i.place, true as contact, coalesce(b.kvk = $2, false) as own_board, false as member,
			exists (select from representatives d where d.institution in (i.code, b.code)) as represented,
			i.closed_on, coalesce(i.successor, '') as successor
		from registered join institutions i on i.code = registered.code
		left join institutions b on b.code = coalesce(i.board, i.code) and b.kind = 'board'
		where i.closed_on is null
			and not exists (select from memberships m where m.person = $1 and m.institution = i.code)
		order by own_board desc, i.kind, i.name, i.code`, person, organisation)
	return found, translate("list candidates", err)
}

const candidateByCode = `
	select i.code, i.kind, i.name, i.place, coalesce(b.kvk = $2, false) as own_board,
		exists (
			select from persons p join contacts c on lower(c.email) = lower(p.email)
			join institutions r on r.code = c.institution
			where p.id = $1 and coalesce(r.successor, r.code) = i.code) as contact,
		exists (select from memberships m where m.person = $1 and m.institution = i.code) as member,
		exists (select from representatives d where d.institution in (i.code, b.code)) as represented,
		i.closed_on, coalesce(i.successor, '') as successor
	from institutions i
	left join institutions b on b.code = coalesce(i.board, i.code) and b.kind = 'board'
	where i.code = $3`

// Candidate returns one institution as a person meets it with a login of the organisation. NotFound when no register has it.
func (s *Store) Candidate(ctx context.Context, person string, organisation onboarding.KvKNumber, code onboarding.InstitutionCode) (Candidate, error) {
	var found Candidate
	err := s.db.GetContext(ctx, &found, candidateByCode, person, organisation, code)
	return found, translate("find candidate", err)
}

// LockCandidate is Candidate within a transaction, until whose end the institution is not merged or closed.
func (t *Tx) LockCandidate(ctx context.Context, person string, organisation onboarding.KvKNumber, code onboarding.InstitutionCode) (Candidate, error) {
	var found Candidate
	err := t.tx.GetContext(ctx, &found, candidateByCode+` for share of i`, person, organisation, code)
	return found, translate("lock candidate", err)
}
