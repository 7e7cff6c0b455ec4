package store

import (
	"context"
	"database/sql"
	"time"

	"koppel/onboarding"
)

// Person is a MijnHelpdeskPO account.
type Person struct {
	ID       string           `db:"id"`
	Email    onboarding.Email `db:"email"` // confirmed by PIN
	Language string           `db:"language"`
}

// Membership is an institution that a person may act for.
type Membership struct {
	Code  onboarding.InstitutionCode `db:"code"`
	Kind  onboarding.InstitutionKind `db:"kind"`
	Name  string                     `db:"name"`
	Place string                     `db:"place"`
	Since time.Time                  `db:"since"`

	ClosedOn sql.NullTime `db:"closed_on"` // since then nobody acts for it
}

// Memberships lists the institutions of a person: open ones first, boards before schools, then by name.
func (s *Store) Memberships(ctx context.Context, person string) ([]Membership, error) {
	var found []Membership
	err := s.db.SelectContext(ctx, &found, `
		select i.code, i.kind, i.name, i.place, m.since, i.closed_on
		from memberships m join institutions i on i.code = m.institution
		where m.person = $1
		order by i.closed_on is not null, i.kind, i.name, i.code`, person)
	return found, translate("list memberships", err)
}

// BoardOf returns the board that is registered under a KvK number, or "" when there is not exactly one.
func (s *Store) BoardOf(ctx context.Context, kvk onboarding.KvKNumber) (onboarding.InstitutionCode, error) {
	var codes []onboarding.InstitutionCode
	err := s.db.SelectContext(ctx, &codes, `select code from institutions where kvk = $1 and closed_on is null limit 2`, kvk)
	if err != nil || len(codes) != 1 {
		return "", translate("find board", err)
	}
	return codes[0], nil
}
