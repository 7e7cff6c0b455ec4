package store

import (
	"context"
	"time"

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

// ImportInstitutions adds institutions and brings known ones up to date. A code must not come twice. What is not in the
// list stays, as do the place of an institution that the list has without one, and the closing of one that has closed.
// A board that was merged stands for its successor. People of a school that moves to another board are to be told.
func (t *Tx) ImportInstitutions(ctx context.Context, list []Institution, now time.Time) (Tally, error) {
	codes, kinds, names := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	places, boards, kvks := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, in := range list {
		codes[i], kinds[i], names[i] = string(in.Code), string(in.Code.Kind()), in.Name
		places[i], boards[i], kvks[i] = in.Place, string(in.Board), string(in.KvK)
	}
	var tally Tally
	// A row that was inserted has no xmax. The parts see the register as it was before the statement.
	err := t.tx.GetContext(ctx, &tally, `
		with given as (
			select g.code, g.kind, g.name, g.place, coalesce(b.successor, nullif(g.board, '')) as board, nullif(g.kvk, '') as kvk
			from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
				as g (code, kind, name, place, board, kvk)
			left join institutions b on b.code = g.board
		), moved as (
			insert into register_changes (kind, institution, other, at)
			select 'moved', i.code, given.board, $7
			from given join institutions i on i.code = given.code
			where i.board <> given.board and i.closed_on is null
			returning id, institution
		), told as (
			insert into register_notices (change, person)
			select moved.id, m.person from moved join memberships m on m.institution = moved.institution
		), merged as (
			insert into institutions as kept (code, kind, name, place, board, kvk)
			select code, kind, name, place, board, kvk from given
			order by code
			on conflict (code) do update set
				name = excluded.name, place = coalesce(nullif(excluded.place, ''), kept.place),
				board = excluded.board, kvk = excluded.kvk
			where (kept.name, kept.place, kept.board, kept.kvk) is distinct from
				(excluded.name, coalesce(nullif(excluded.place, ''), kept.place), excluded.board, excluded.kvk)
			returning kept.xmax = 0 as added
		)
		select count(*) filter (where added) as new, count(*) filter (where not added) as changed,
			cardinality($1::text[]) - count(*) as unchanged, 0 as removed
		from merged`,
		pq.Array(codes), pq.Array(kinds), pq.Array(names), pq.Array(places), pq.Array(boards), pq.Array(kvks), now)
	return tally, translate("import institutions", err)
}

// MissingInstitutions returns the open institutions of a kind that are not among the codes.
func (t *Tx) MissingInstitutions(ctx context.Context, kind onboarding.InstitutionKind, codes []onboarding.InstitutionCode) ([]onboarding.InstitutionCode, error) {
	var missing []onboarding.InstitutionCode
	err := t.tx.SelectContext(ctx, &missing, `
		select i.code from institutions i
		where i.kind = $1 and i.closed_on is null
			and not exists (select from unnest($2::text[]) as given (code) where given.code = i.code)
		order by i.code`,
		kind, pq.Array(codes))
	return missing, translate("find missing institutions", err)
}
