package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store/storetest"
)

// refusedLogin adds a refused login to the audit.
func (s *Store) refusedLogin(t testing.TB, reference onboarding.Reference) {
	t.Helper()
	if err := s.RecordRefusedLogin(t.Context(), "cancelled", reference, "", today); err != nil {
		t.Fatal(err)
	}
}

// about looks a reference up, and returns the plan that Postgres makes for it as well.
func (s *Store) about(t testing.TB, reference onboarding.Reference) (told []Told, plan string) {
	t.Helper()
	err := s.Transact(t.Context(), func(tx *Tx) (err error) {
		if told, err = tx.AboutReference(t.Context(), onboarding.LoginRefused, reference); err != nil {
			return err
		}
		var lines []string
		err = tx.tx.Select(&lines, `
			explain select at, event, detail from audit
			where detail ->> 'reference' = $1 and event = $2 order by id desc limit 10`, reference, onboarding.LoginRefused)
		plan = strings.Join(lines, "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return told, plan
}

func TestRefusedLoginIsFoundByItsReferenceAlone(t *testing.T) {
	s := auditStore(t, 3)
	s.refusedLogin(t, "K3TF-9M2Q")
	s.refusedLogin(t, "0000-0000")
	told, _ := s.about(t, "K3TF-9M2Q")
	if len(told) != 1 || !told[0].At.Equal(today) || told[0].Detail["reason"] != "cancelled" {
		t.Errorf("%+v", told)
	}
}

func TestReferenceIsLookedUpByAnIndex(t *testing.T) {
	s := auditStore(t, 0)
	s.fillAudit(t, 20_000)
	if _, plan := s.about(t, "K3TF-9M2Q"); !strings.Contains(plan, "audit_reference") {
		t.Error(plan)
	}
}

// fillAudit adds n lines, one in ten of them a refused login.
func (s *Store) fillAudit(t testing.TB, n int) {
	t.Helper()
	tx := s.db.MustBegin()
	defer tx.Rollback()
	tx.MustExec(`set local session_replication_role = replica`) // no chain
	tx.MustExec(`set local statement_timeout = 0`)
	tx.MustExec(`
		insert into audit (at, event, detail)
		select now(), case when i % 10 = 0 then 'login.refused' else 'login.started' end,
			case when i % 10 = 0 then jsonb_build_object('reason', 'cancelled', 'reference', md5(i::text)) else '{}' end
		from generate_series(1, $1::int) i`, n)
	tx.MustExec(`analyze audit`)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkReferenceInTenMillionLines prints how long it takes to find a refused login in thirteen months of audit.
func BenchmarkReferenceInTenMillionLines(b *testing.B) {
	s, err := OpenBatch(storetest.URL(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if _, err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	s.fillAudit(b, 10_000_000)
	s.refusedLogin(b, "K3TF-9M2Q")
	var took []time.Duration
	for range 200 {
		start := time.Now()
		if told, _ := s.about(b, "K3TF-9M2Q"); len(told) != 1 {
			b.Fatalf("found %d", len(told))
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	_, plan := s.about(b, "K3TF-9M2Q")
	b.Logf("median %s, slowest %s\n%s", took[len(took)/2], took[len(took)-1], plan)
}
