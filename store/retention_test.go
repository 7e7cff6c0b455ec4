package store

import (
	"testing"
	"time"

	"koppel/onboarding"
)

// sweepAll runs every sweep to its end, in small batches.
func (s *Store) sweepAll(t *testing.T) {
	t.Helper()
	const batch = 2
	for _, what := range Sweeps {
		for {
			n, err := s.Sweep(t.Context(), what, batch, today)
			if err != nil {
				t.Fatal(err)
			}
			if n < batch {
				break
			}
		}
	}
}

// retained is a row that is kept for a time: made that long ago, and a minute, it goes; a minute less, and it stays.
var retained = map[string]struct {
	table  string
	kept   time.Duration
	insert string // $1: when it was made, or ended
}{
	"hand-over":     {"handovers", 0, `insert into handovers values (gen_random_uuid(), 'w', '', $1, $1)`},
	"pending login": {"pending_logins", 0, `insert into pending_logins values (gen_random_uuid(), 'b', gen_random_uuid(), 'nl', null, $1, $1)`},
	"draft": {"drafts", 0, `
		with who as (insert into identities values (gen_random_uuid(), 'x', '90001234', '', 'EH3', 'ad', null, now()) returning hash)
		insert into drafts select hash, '', $1, $1 from who`},
	"used assertion":  {"used_assertions", 0, `insert into used_assertions values (gen_random_uuid(), $1)`},
	"outcome":         {"outcomes", onboarding.OutcomeKept, `insert into outcomes values ('w', gen_random_uuid(), '{}', $1)`},
	"attempts":        {"attempts", onboarding.AttemptsKept, `insert into attempts (scope, subject, first_at, last_at) values ('pin-case', gen_random_uuid(), $1, $1)`},
	"tries in a row":  {"attempts", onboarding.AuditKept, `insert into attempts (scope, subject, first_at, last_at) values ('credentials-username', gen_random_uuid(), $1, $1)`},
	"a login's visit": {"identities", onboarding.CaseKept, `insert into identities values (gen_random_uuid(), 'x', '90001234', 'De Regenboog', 'EH3', 'ad', null, $1)`},
	"mail": {"mails", onboarding.CaseKept, `
		insert into mails (case_id, kind, number, state, requested_at) values (gen_random_uuid(), 'pin', 1, 'sent', $1)`},
	"IP address": {"audit_subjects where ip <> ''", onboarding.IPKept, `
		with event as (insert into audit (at, event) values ($1, 'linked') returning id)
		insert into audit_subjects (audit_id, at, identity, ip) select id, $1, 'jane', '192.0.2.1' from event`},
	"session": {"sessions", 0, `
		with who as (insert into identities values (gen_random_uuid(), 'x', '90001234', '', 'EH3', 'ad', null, now()) returning hash)
		insert into sessions select convert_to(gen_random_uuid()::text, 'UTF8'), hash, '', false, null, $1, $1, $1 from who`},
	"PIN of a case that was linked": {"pins", onboarding.CaseKept, `
		with who as (insert into identities values (gen_random_uuid(), 'x', '90001234', '', 'EH3', 'ad', null, now()) returning hash),
			past as (insert into linkings select gen_random_uuid(), 'w', hash, 'r', 'nl', 'linked', $1, $1, null, null, 1, null, '', $1 from who returning id)
		insert into pins (case_id, generation, key_id, nonce, address, created_at) select id, 1, 'p', '', '', $1 from past`},
	"request for a password": {"resets", onboarding.CaseKept, `
		with who as (insert into identities values (gen_random_uuid(), 'x', '90001234', '', 'EH3', 'ad', null, $1) returning hash)
		insert into resets (id, workflow_id, identity, reference, language, step, since, deadline, asked_at, ended_at)
			select gen_random_uuid(), 'w', hash, 'r', 'nl', 'expired', $1, $1, $1, $1 from who`},
	"change of address": {"email_changes", onboarding.CaseKept, `
		with who as (insert into identities values (gen_random_uuid(), 'x', '90001234', '', 'EH3', 'ad', null, $1) returning hash),
			whose as (insert into persons (email, language, created_at) values ('jane@regenboog.example', 'nl', $1) returning id)
		insert into email_changes (id, workflow_id, identity, person, former, reference, language, step, since, deadline, ended_at)
		select gen_random_uuid(), 'w', hash, id, '', 'r', 'nl', 'changed', $1, $1, $1 from who, whose`},
	"case that was not finished": {"linkings", onboarding.CaseKept, `
		with who as (insert into identities values (gen_random_uuid(), 'x', '90001234', '', 'EH3', 'ad', null, $1) returning hash)
		insert into linkings select gen_random_uuid(), 'w', hash, 'r', 'nl', 'expired', $1, $1, null, null, 1, null, '', $1 from who`},
}

func TestRowsGoWhenTheirTimeIsOver(t *testing.T) {
	for name, test := range retained {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := importStore(t)
			for range 5 {
				s.db.MustExec(test.insert, today.Add(-test.kept-time.Minute))
			}
			s.db.MustExec(test.insert, today.Add(-test.kept+time.Minute))
			s.sweepAll(t)
			if n := s.rows(t, test.table); n != 1 {
				t.Errorf("%d rows are left of six, want the one whose time is not over", n)
			}
			s.sweepAll(t)
			if n := s.rows(t, test.table); n != 1 {
				t.Errorf("%d rows are left after sweeping again", n)
			}
		})
	}
}

func TestUnfinishedCaseGoesWithAllThatIsPersonal(t *testing.T) {
	s := importStore(t)
	longAgo := today.Add(-onboarding.CaseKept - 8*24*time.Hour)
	s.db.MustExec(`insert into identities values ('jane', 'sealed', '90001234', 'De Regenboog', 'EH3', 'ad', null, $1)`, longAgo)
	s.db.MustExec(`
		insert into linkings values ('11111111-1111-4111-8111-111111111111', 'w', 'jane', 'r', 'nl', 'cancelled', $1, $1, null, null, 1, null, '', $1)`,
		longAgo.Add(72*time.Hour))
	s.db.MustExec(`
		insert into pins (case_id, generation, key_id, nonce, address, created_at) values ('11111111-1111-4111-8111-111111111111', 1, 'p', '', 'sealed', $1)`, longAgo)
	s.db.MustExec(`
		insert into mails (case_id, kind, number, state, requested_at) values ('11111111-1111-4111-8111-111111111111', 'pin', 1, 'sent', $1)`, longAgo)
	s.db.MustExec(`
		insert into resets (id, workflow_id, identity, reference, language, step, since, deadline, asked_at, ended_at)
		values (gen_random_uuid(), 'w', 'jane', 'r', 'nl', 'unmailed', $1, $1, $1, $1)`, longAgo.Add(onboarding.ResetOpen))
	s.sweepAll(t)
	for _, table := range []string{"linkings", "resets", "pins", "mails", "identities"} {
		if n := s.rows(t, table); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
}

func TestWhatIsStillNeededStaysHoweverOld(t *testing.T) {
	s := importStore(t)
	longAgo := today.Add(-2 * onboarding.CaseKept)
	s.db.MustExec(`insert into persons values ('22222222-2222-4222-8222-222222222222', 'jane@regenboog.example', 'nl', $1)`, longAgo)
	s.db.MustExec(`
		insert into identities (hash, sealed, kvk, level, supplier, person, linked_at, last_login_at) values
			('jane', 'sealed', '90001234', 'EH3', 'ad', '22222222-2222-4222-8222-222222222222', $1, $1),
			('piet', 'sealed', '90001234', 'EH3', 'ad', null, null, $1)`, longAgo)
	s.db.MustExec(`
		insert into linkings values ('11111111-1111-4111-8111-111111111111', 'w', 'piet', 'r', 'nl', 'mailing_pin', $1, $1, null, null, 1, null, '', null)`, longAgo)
	s.db.MustExec(`
		insert into pins (case_id, generation, key_id, nonce, address, created_at) values ('11111111-1111-4111-8111-111111111111', 1, 'p', '', 'sealed', $1)`, longAgo)
	s.db.MustExec(`
		insert into mails (case_id, kind, number, state, requested_at) values ('11111111-1111-4111-8111-111111111111', 'pin', 1, 'late', $1)`, longAgo)
	s.db.MustExec(`
		insert into attempts (scope, subject, first_at, last_at, locked_until) values ('pin-case', 'x', $1, $1, $2)`, longAgo, today.Add(time.Hour))
	s.db.MustExec(`insert into identities values ('karin', 'x', '90001234', '', 'EH3', 'ad', null, $1)`, longAgo)
	s.db.MustExec(`
		insert into resets (id, workflow_id, identity, reference, language, step, since, deadline, asked_at)
		values (gen_random_uuid(), 'w', 'karin', 'r', 'nl', 'await_representative', $1, $1, $1)`, longAgo)
	s.sweepAll(t)
	for table, want := range map[string]int{"persons": 1, "identities": 3, "linkings": 1, "resets": 1, "pins": 1, "mails": 1, "attempts": 1} {
		if n := s.rows(t, table); n != want {
			t.Errorf("%d rows of %s are left, want %d", n, table, want)
		}
	}
}

func TestSweptAuditLeavesAChainThatVerifies(t *testing.T) {
	s := importStore(t)
	longAgo := today.Add(-onboarding.AuditKept - time.Hour)
	for range 5 {
		s.audit(t, Event{At: longAgo, Name: onboarding.PINWrong, Identity: "jane", IP: "192.0.2.1"})
	}
	if _, err := s.ChainAudit(t.Context(), 10, longAgo); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.audit(t, Event{At: today, Name: onboarding.PINRight, Identity: "jane"})
	}
	s.chain(t, 10, 3)
	head := s.wantWhole(t, 8).Head
	s.sweepAll(t)
	report := s.wantWhole(t, 3)
	if report.First != 6 || string(report.Head) != string(head) {
		t.Errorf("%+v, want the same head over positions from 6", report)
	}
	if a, p := s.rows(t, "audit_chain"), s.rows(t, "audit_subjects"); a != 4 || p != 3 {
		t.Errorf("%d positions and %d subjects, want 4 and 3", a, p)
	}
	s.tamper(t, `delete from audit where id = 6`)
	if fault := s.verify(t, nil).Fault; fault != "position 6: audit row 6 has been removed" {
		t.Errorf("%q", fault)
	}
}

func TestAuditThatIsSweptToTheEndGoesOn(t *testing.T) {
	s := importStore(t)
	longAgo := today.Add(-onboarding.AuditKept - time.Hour)
	for range 3 {
		s.audit(t, Event{At: longAgo, Name: onboarding.PINWrong})
	}
	if _, err := s.ChainAudit(t.Context(), 10, longAgo); err != nil {
		t.Fatal(err)
	}
	s.sweepAll(t)
	if n := s.rows(t, "audit"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	s.audit(t, Event{At: today, Name: onboarding.PINRight})
	s.chain(t, 10, 1)
	if report := s.wantWhole(t, 1); report.First != 4 {
		t.Errorf("first position %d, want 4", report.First)
	}
}

func TestAuditThatIsNotChainedYetIsNotSwept(t *testing.T) {
	s := importStore(t)
	s.audit(t, Event{At: today.Add(-2 * onboarding.AuditKept), Name: onboarding.PINRight})
	s.sweepAll(t)
	if n := s.rows(t, "audit"); n != 1 {
		t.Error("a row that the chain does not have was swept")
	}
}
