package store

import (
	"context"

	"github.com/lib/pq"

	"koppel/onboarding"
)

// Institution is a school or a board as the registers have it.
type Institution struct {
	Code  onboarding.InstitutionCode // tells the kind too
	Name  string
	Place string
	Board onboarding.InstitutionCode // of a school; must be known, or come along
	KvK   onboarding.KvKNumber       // of a board; empty where the register has none
}

// Tally counts what an import did.
type Tally struct {
	New       int `db:"new"`
	Changed   int `db:"changed"`
	Unchanged int `db:"unchanged"`
}

// UnknownInstitutions returns those of the codes that are not in the register.
func (s *Store) UnknownInstitutions(ctx context.Context, codes []onboarding.InstitutionCode) ([]onboarding.InstitutionCode, error) {
	var unknown []onboarding.InstitutionCode
	err := s.db.SelectContext(ctx, &unknown, `
		select distinct given.code
		from unnest($1::text[]) as given (code)
		where not exists (select from institutions i where i.code = given.code)
		order by given.code`, pq.Array(codes))
	return unknown, translate("find unknown institutions", err)
}

// ImportInstitutions adds institutions and brings known ones up to date, all or none. A code must not come twice.
// What is not in the list stays, as does the place of an institution that the list has without one.
func (s *Store) ImportInstitutions(ctx context.Context, list []Institution) (Tally, error) {
	codes, kinds, names := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	places, boards, kvks := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, in := range list {
		codes[i], kinds[i], names[i] = string(in.Code), string(in.Code.Kind()), in.Name
		places[i], boards[i], kvks[i] = in.Place, string(in.Board), string(in.KvK)
	}
	var tally Tally
	// A row that was inserted has no xmax. One statement is one transaction.
	err := s.db.GetContext(ctx, &tally, `
		with merged as (
			insert into institutions as kept (code, kind, name, place, board, kvk)
			select code, kind, name, place, nullif(board, ''), nullif(kvk, '')
			from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
				as given (code, kind, name, place, board, kvk)
			order by code
			on conflict (code) do update set
				name = excluded.name, place = coalesce(nullif(excluded.place, ''), kept.place),
				board = excluded.board, kvk = excluded.kvk
			where (kept.name, kept.place, kept.board, kept.kvk) is distinct from
				(excluded.name, coalesce(nullif(excluded.place, ''), kept.place), excluded.board, excluded.kvk)
			returning kept.xmax = 0 as added
		)
		select count(*) filter (where added) as new, count(*) filter (where not added) as changed,
			cardinality($1::text[]) - count(*) as unchanged
		from merged`,
		pq.Array(codes), pq.Array(kinds), pq.Array(names), pq.Array(places), pq.Array(boards), pq.Array(kvks))
	return tally, translate("import institutions", err)
}
