package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"koppel/onboarding"
)

// Sweep is something that is kept for a time and then removed.
type Sweep struct {
	Name string
	Kept time.Duration
	run  func(ctx context.Context, s *Store, before time.Time, batch int) (int, error)
}

// Sweeps is what retention asks for, in the order in which one frees the next: a case, then who did not finish it.
var Sweeps = []Sweep{
	{"hand-overs", 0, remove(`
		with due as (select id from handovers where expires_at < $1 limit $2 for update skip locked)
		delete from handovers h using due where h.id = due.id`)},
	{"pending logins", 0, remove(`
		with due as (select relay_state from pending_logins where expires_at < $1 limit $2 for update skip locked)
		delete from pending_logins p using due where p.relay_state = due.relay_state`)},
	{"used assertions", 0, remove(`
		with due as (select id from used_assertions where expires_at < $1 limit $2 for update skip locked)
		delete from used_assertions u using due where u.id = due.id`)},
	{"sessions", 0, remove(`
		with due as (select token_hash from sessions where expires_at < $1 limit $2 for update skip locked)
		delete from sessions s using due where s.token_hash = due.token_hash`)},
	{"drafts", 0, remove(`
		with due as (select identity from drafts where expires_at < $1 limit $2 for update skip locked)
		delete from drafts d using due where d.identity = due.identity`)},
	{"outcomes", onboarding.OutcomeKept, remove(`
		with due as (select workflow_id, update_id from outcomes where at < $1 limit $2 for update skip locked)
		delete from outcomes o using due where o.workflow_id = due.workflow_id and o.update_id = due.update_id`)},
	{"attempts", onboarding.AttemptsKept, remove(`
		with due as (
			select scope, subject from attempts
			where last_at < $1 and coalesce(locked_until, last_at) < $1 and scope <> 'credentials-username'
			limit $2 for update skip locked
		)
		delete from attempts a using due where a.scope = due.scope and a.subject = due.subject`)},
	{"attempts in a row", onboarding.AuditKept, remove(`
		with due as (
			select scope, subject from attempts where last_at < $1 and scope = 'credentials-username'
			limit $2 for update skip locked
		)
		delete from attempts a using due where a.scope = due.scope and a.subject = due.subject`)},
	{"addresses of PINs", onboarding.CaseKept, remove(`
		with due as (
			select case_id, generation from pins p
			where created_at < $1 and not exists (
				select from linkings l where l.id = p.case_id and (l.ended_at is null or l.ended_at >= $1))
				and not exists (
				select from email_changes c where c.id = p.case_id and (c.ended_at is null or c.ended_at >= $1))
			limit $2 for update skip locked
		)
		delete from pins p using due where p.case_id = due.case_id and p.generation = due.generation`)},
	{"proposed addresses", onboarding.CaseKept, remove(`
		with due as (select case_id from corrections where proposed_at < $1 limit $2 for update skip locked)
		delete from corrections c using due where c.case_id = due.case_id`)},
	{"unfinished cases", onboarding.CaseKept, remove(`
		with due as (
			select id from linkings where step in ('expired', 'cancelled', 'voided') and ended_at < $1
			limit $2 for update skip locked
		)
		delete from linkings l using due where l.id = due.id`)},
	{"requests for a password", onboarding.CaseKept, remove(`
		with due as (select id from resets where ended_at < $1 limit $2 for update skip locked)
		delete from resets r using due where r.id = due.id`)},
	{"changes of address", onboarding.CaseKept, remove(`
		with due as (select id from email_changes where ended_at < $1 limit $2 for update skip locked)
		delete from email_changes c using due where c.id = due.id`)},
	{"unfinished additions", onboarding.CaseKept, remove(`
		with due as (
			select id from additions where step in ('expired', 'cancelled', 'voided') and ended_at < $1
			limit $2 for update skip locked
		)
		delete from additions a using due where a.id = due.id`)},
	{"mails", onboarding.CaseKept, remove(`
		with due as (
			select case_id, kind, number from mails m
			where requested_at < $1 and not exists (
				select from linkings l where l.id = m.case_id and (l.ended_at is null or l.ended_at >= $1))
				and not exists (
				select from email_changes c where c.id = m.case_id and (c.ended_at is null or c.ended_at >= $1))
			limit $2 for update skip locked
		)
		delete from mails m using due where m.case_id = due.case_id and m.kind = due.kind and m.number = due.number`)},
	{"approvals", onboarding.CaseKept, remove(`
		with due as (
			select case_id, number from approvals where coalesce(decided_at, expires_at) < $1
			limit $2 for update skip locked
		)
		delete from approvals a using due where a.case_id = due.case_id and a.number = due.number`)},
	{"unlinkings", onboarding.CaseKept, remove(`
		with due as (select id from unlinkings where ended_at < $1 limit $2 for update skip locked)
		delete from unlinkings u using due where u.id = due.id`)},
	{"cases of identities that were unlinked", onboarding.CaseKept, remove(`
		with due as (
			select l.id from identities i join linkings l on l.identity = i.hash
			where i.person is null and i.last_login_at < $1 and l.ended_at < $1
			limit $2 for update of l skip locked
		)
		delete from linkings l using due where l.id = due.id`)},
	{"identities without a person", onboarding.CaseKept, remove(`
		with due as (
			select hash from identities i
			where person is null and last_login_at < $1
				and not exists (select from linkings l where l.identity = i.hash)
				and not exists (select from email_changes c where c.identity = i.hash)
				and not exists (select from unlinkings u where u.identity = i.hash)
				and not exists (select from sessions s where s.identity = i.hash)
				and not exists (select from resets r where r.identity = i.hash)
				and not exists (select from approvals a where a.identity = i.hash)
				and not exists (select from additions d where d.identity = i.hash)
			limit $2 for update skip locked
		)
		delete from identities i using due where i.hash = due.hash`)},
	{"IP addresses in the audit", onboarding.IPKept, remove(`
		with due as (select audit_id from audit_subjects where ip <> '' and at < $1 limit $2 for update skip locked)
		update audit_subjects s set ip = '' from due where s.audit_id = due.audit_id`)},
	{"audit", onboarding.AuditKept, sweepAudit},
}

// remove makes a sweep of a statement with two arguments: the moment before which rows are due, and how many it takes.
func remove(statement string) func(context.Context, *Store, time.Time, int) (int, error) {
	return func(ctx context.Context, s *Store, before time.Time, batch int) (int, error) {
		result, err := s.db.ExecContext(ctx, statement, before, batch)
		if err != nil {
			return 0, err
		}
		removed, err := result.RowsAffected()
		return int(removed), err
	}
}

// Sweep removes at most batch rows that are due and returns how many; fewer than batch means that none are left.
func (s *Store) Sweep(ctx context.Context, what Sweep, batch int, now time.Time) (int, error) {
	removed, err := what.run(ctx, s, now.Add(-what.Kept), batch)
	return removed, translate("sweep "+what.Name, err)
}

// sweepAudit removes the oldest rows together with their positions. The last of these positions stays: its hash is what
// the chain goes on from.
func sweepAudit(ctx context.Context, s *Store, before time.Time, batch int) (removed int, err error) {
	err = s.Transact(ctx, func(tx *Tx) error {
		var oldest []struct {
			Position int64 `db:"position"`
			AuditID  int64 `db:"audit_id"`
			Due      bool  `db:"due"`
		}
		err := tx.tx.SelectContext(ctx, &oldest, `
			select c.position, c.audit_id, c.chained_at < $1 and coalesce(a.at < $1, true) as due
			from audit_chain c left join audit a on a.id = c.audit_id
			order by c.position limit $2`, before, batch)
		if err != nil {
			return err
		}
		var ids []int64
		var last int64
		for _, row := range oldest {
			if !row.Due {
				break
			}
			ids, last = append(ids, row.AuditID), row.Position
		}
		var gone int
		err = tx.tx.GetContext(ctx, &gone, `
			with rows as (delete from audit where id = any($1) returning id),
				positions as (delete from audit_chain where position < $2 returning position)
			select (select count(*) from rows) + (select count(*) from positions)`, pq.Array(ids), last)
		removed = min(gone, batch)
		return err
	})
	return removed, err
}
