package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lib/pq"

	"koppel/onboarding"
)

// Closure is the end of an institution.
type Closure struct {
	Code      onboarding.InstitutionCode
	On        time.Time
	Successor onboarding.InstitutionCode // itself not merged; empty where there is none
}

// Standing is whether an institution has closed.
type Standing struct {
	Code      onboarding.InstitutionCode `db:"code"`
	ClosedOn  sql.NullTime               `db:"closed_on"`
	Successor onboarding.InstitutionCode `db:"successor"` // empty where there is none
}

// Standings returns those of the institutions that are known.
func (t *Tx) Standings(ctx context.Context, codes []onboarding.InstitutionCode) (map[onboarding.InstitutionCode]Standing, error) {
	var rows []Standing
	err := t.tx.SelectContext(ctx, &rows, `
		select code, closed_on, coalesce(successor, '') as successor from institutions where code = any($1)`, pq.Array(codes))
	known := make(map[onboarding.InstitutionCode]Standing, len(rows))
	for _, row := range rows {
		known[row.Code] = row
	}
	return known, translate("find institutions", err)
}

// OpenInstitutions counts the institutions that have not closed.
func (t *Tx) OpenInstitutions(ctx context.Context) (int, error) {
	var open int
	err := t.tx.GetContext(ctx, &open, `select count(*) from institutions where closed_on is null`)
	return open, translate("count open institutions", err)
}

// CloseInstitutions closes institutions, each at most once in the list. People of one with a successor act for the
// successor from now on, since the earlier day where they did already; so do its addresses in the registers, and a
// merged board's schools belong to the successor. Who is concerned is to be told.
func (t *Tx) CloseInstitutions(ctx context.Context, list []Closure, now time.Time) (Tally, error) {
	codes, days, successors := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, c := range list {
		codes[i], days[i], successors[i] = string(c.Code), c.On.Format(time.DateOnly), string(c.Successor)
	}
	tally := Tally{Unchanged: len(list)}
	for _, step := range closing {
		result, err := t.tx.ExecContext(ctx, given+step.sql, pq.Array(codes), pq.Array(days), pq.Array(successors), now)
		if err != nil {
			return tally, translate(step.what, err)
		}
		if step.what != closeStep {
			continue
		}
		closed, err := result.RowsAffected()
		if err != nil {
			return tally, fmt.Errorf("%s: %w", step.what, err)
		}
		tally.Changed, tally.Unchanged = int(closed), len(list)-int(closed)
	}
	return tally, nil
}

const given = `
	with given as (
		select code, closed_on, nullif(successor, '') as successor, $4::timestamptz as now
		from unnest($1::text[], $2::date[], $3::text[]) as g (code, closed_on, successor)
	)`

const closeStep = "close institutions"

// closing are the steps of CloseInstitutions. The first two compare with the register as it was.
var closing = []struct{ what, sql string }{
	{"note closings", `, changed as (
			insert into register_changes (kind, institution, other, effective_on, at)
			select case when given.successor is null then 'closed' else 'merged' end,
				given.code, given.successor, given.closed_on, given.now
			from given join institutions i on i.code = given.code
			where i.closed_on is null or i.successor is null and given.successor is not null
			returning id, institution
		)
		insert into register_notices (change, person)
		select changed.id, m.person from changed join memberships m on m.institution = changed.institution`},
	{"move the schools of merged boards", `, moved as (
			update institutions i set board = given.successor from given
			where i.board = given.code and given.successor is not null
			returning i.code, i.board, i.closed_on, given.now
		), changed as (
			insert into register_changes (kind, institution, other, at)
			select 'moved', code, board, now from moved where closed_on is null
			returning id, institution
		)
		insert into register_notices (change, person)
		select changed.id, m.person from changed join memberships m on m.institution = changed.institution
		where changed.institution not in (select code from given)`},
	{closeStep, `
		update institutions i set closed_on = given.closed_on, successor = given.successor from given
		where i.code = given.code
			and (i.closed_on, i.successor) is distinct from (given.closed_on, given.successor)`},
	{"pass predecessors on", `
		update institutions i set successor = given.successor from given
		where i.successor = given.code and given.successor is not null`},
	{"pass memberships on", `, inherited as (
			select distinct on (m.person, given.successor) m.person, given.successor, m.source, m.since
			from given join memberships m on m.institution = given.code
			where given.successor is not null
			order by m.person, given.successor, m.since
		)
		insert into memberships as kept (person, institution, source, since)
		select person, successor, source, since from inherited
		on conflict (person, institution) do update set source = excluded.source, since = excluded.since
		where excluded.since < kept.since`},
	{"end memberships", `
		delete from memberships m using given where m.institution = given.code and given.successor is not null`},
	{"pass choices on", `
		update sessions s set institution = given.successor from given where s.institution = given.code`},
	{"pass representatives on", `
		insert into representatives (institution, email)
		select given.successor, r.email from given join representatives r on r.institution = given.code
		where given.successor is not null
		on conflict do nothing`},
	{"end representatives", `
		delete from representatives r using given where r.institution = given.code and given.successor is not null`},
	{"pass contacts on", `
		insert into contacts (institution, email)
		select given.successor, c.email from given join contacts c on c.institution = given.code
		where given.successor is not null
		on conflict do nothing`},
	{"end contacts", `
		delete from contacts c using given where c.institution = given.code and given.successor is not null`},
}
