package store

import (
	"context"

	"github.com/lib/pq"

	"koppel/onboarding"
)

// Addressee is whom a letter goes to.
type Addressee struct {
	Code   onboarding.InstitutionCode `db:"code"`
	Name   string                     `db:"name"`
	Place  string                     `db:"place"` // may be empty
	Closed bool                       `db:"closed"`
}

// Addressees returns those of the institutions that are known.
func (s *Store) Addressees(ctx context.Context, codes []onboarding.InstitutionCode) (map[onboarding.InstitutionCode]Addressee, error) {
	var rows []Addressee
	err := s.db.SelectContext(ctx, &rows, `
		select code, name, place, closed_on is not null as closed from institutions where code = any($1)`, pq.Array(codes))
	known := make(map[onboarding.InstitutionCode]Addressee, len(rows))
	for _, row := range rows {
		known[row.Code] = row
	}
	return known, translate("find addressees", err)
}
