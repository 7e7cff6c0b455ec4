package store

import (
	"context"

	"github.com/lib/pq"

	"koppel/onboarding"
)

// Registered is a person's address with the institution that it is registered for.
type Registered struct {
	Institution onboarding.InstitutionCode
	Email       onboarding.Email
}

// Register says what the addresses of a list are registered as.
type Register string

// The lists of addresses that are imported.
const (
	Representatives Register = "representatives" // who may decide for an institution
	Contacts        Register = "contacts"        // its contact persons
)

// registerStatements make a register equal to a list: an institution that was merged stands for its successor.
// The parts see the register as it was before the statement.
var registerStatements = map[Register]string{
	Representatives: `
		with given as (
			select distinct on (institution, lower(g.email)) coalesce(i.successor, i.code) as institution, g.email
			from unnest($1::text[], $2::text[]) as g (code, email) join institutions i on i.code = g.code
			order by institution, lower(g.email), g.email collate "C"
		), removed as (
			delete from representatives kept
			where not exists (
				select from given where given.institution = kept.institution and lower(given.email) = lower(kept.email))
			returning 1
		), written as (
			insert into representatives as kept (institution, email) select institution, email from given
			on conflict (institution, lower(email)) do update set email = excluded.email where kept.email <> excluded.email
			returning kept.xmax = 0 as added
		)
		select count(*) filter (where added) as new, count(*) filter (where not added) as changed,
			(select count(*) from given) - count(*) as unchanged, (select count(*) from removed) as removed
		from written`,
	Contacts: `
		with given as (
			select distinct on (institution, lower(g.email)) coalesce(i.successor, i.code) as institution, g.email
			from unnest($1::text[], $2::text[]) as g (code, email) join institutions i on i.code = g.code
			order by institution, lower(g.email), g.email collate "C"
		), removed as (
			delete from contacts kept
			where not exists (
				select from given where given.institution = kept.institution and lower(given.email) = lower(kept.email))
			returning 1
		), written as (
			insert into contacts as kept (institution, email) select institution, email from given
			on conflict (institution, lower(email)) do update set email = excluded.email where kept.email <> excluded.email
			returning kept.xmax = 0 as added
		)
		select count(*) filter (where added) as new, count(*) filter (where not added) as changed,
			(select count(*) from given) - count(*) as unchanged, (select count(*) from removed) as removed
		from written`,
}

// ImportRegistered makes a register equal to the list: what the list no longer has is removed. The institutions must be
// known.
func (t *Tx) ImportRegistered(ctx context.Context, register Register, list []Registered) (Tally, error) {
	codes, emails := make([]string, len(list)), make([]string, len(list))
	for i, r := range list {
		codes[i], emails[i] = string(r.Institution), string(r.Email)
	}
	var tally Tally
	err := t.tx.GetContext(ctx, &tally, registerStatements[register], pq.Array(codes), pq.Array(emails))
	return tally, translate("import "+string(register), err)
}

// MailDomains are the domains of the addresses that the registers have for the boards with that KvK number and their
// schools, at most 50.
func (s *Store) MailDomains(ctx context.Context, kvk onboarding.KvKNumber) ([]string, error) {
	var domains []string
	err := s.db.SelectContext(ctx, &domains, `
		with theirs as (
			select s.code from institutions b join institutions s on b.code in (s.code, s.board)
			where b.kvk = $1 and b.kind = 'board'
		), known as (
			select c.email from contacts c join theirs on theirs.code = c.institution
			union all
			select r.email from representatives r join theirs on theirs.code = r.institution
		)
		select lower(split_part(email, '@', 2)) as domain from known
		group by domain order by count(*) desc, domain limit 50`, kvk)
	return domains, translate("find mail domains", err)
}
