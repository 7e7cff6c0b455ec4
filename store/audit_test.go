package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
)

// today is a moment at which nothing is old enough to be swept: the database judges that by its own clock.
var today = time.Now().Truncate(time.Second)

// auditStore has n rows in the audit, of which the chain has those of the first batches.
func auditStore(t *testing.T, n int) *Store {
	t.Helper()
	s := importStore(t)
	for i := range n {
		s.audit(t, Event{At: today, Name: onboarding.PINWrong, Identity: "jane", IP: "192.0.2.1", Detail: map[string]any{"left": i}})
	}
	return s
}

func (s *Store) audit(t *testing.T, e Event) {
	t.Helper()
	if err := s.Transact(t.Context(), func(tx *Tx) error { return tx.Audit(t.Context(), e) }); err != nil {
		t.Fatal(err)
	}
}

func (s *Store) chain(t *testing.T, batch, want int) {
	t.Helper()
	if got, err := s.ChainAudit(t.Context(), batch, today); err != nil || got != want {
		t.Fatalf("chained %d rows, %v; want %d", got, err, want)
	}
}

func (s *Store) verify(t *testing.T, head []byte) AuditReport {
	t.Helper()
	report, err := s.VerifyAudit(t.Context(), head, today)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func (s *Store) wantWhole(t *testing.T, rows int64) AuditReport {
	t.Helper()
	report := s.verify(t, nil)
	if report.Fault != "" || report.Rows != rows || report.Pending != 0 {
		t.Fatalf("%+v, want %d whole rows", report, rows)
	}
	return report
}

// tamper does what somebody with all rights could do.
func (s *Store) tamper(t *testing.T, statement string) {
	t.Helper()
	tx := s.db.MustBegin()
	defer tx.Rollback()
	tx.MustExec(`set local session_replication_role = replica`)
	tx.MustExec(statement)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestChainTakesEveryRowOnceInBoundedBatches(t *testing.T) {
	s := auditStore(t, 5)
	s.chain(t, 2, 2)
	s.chain(t, 2, 2)
	s.chain(t, 2, 1)
	s.chain(t, 2, 0)
	s.wantWhole(t, 5)
}

func TestRowThatCommitsLateGetsIntoTheChain(t *testing.T) {
	s := auditStore(t, 1)
	late := s.db.MustBegin()
	defer late.Rollback()
	if err := (&Tx{tx: late}).Audit(t.Context(), Event{At: today, Name: onboarding.PINRight}); err != nil {
		t.Fatal(err)
	}
	s.audit(t, Event{At: today, Name: onboarding.CaseLinked})
	s.chain(t, 10, 2) // the ids around the one that has not been committed
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	if report := s.verify(t, nil); report.Pending != 1 || report.Fault != "" {
		t.Errorf("%+v, want one row pending", report)
	}
	s.chain(t, 10, 1)
	s.wantWhole(t, 3)
	var order string
	if err := s.db.Get(&order, `select string_agg(audit_id::text, ' ' order by position) from audit_chain`); err != nil || order != "1 3 2" {
		t.Errorf("chained %s, %v; want 1 3 2", order, err)
	}
}

func TestChainersAtOnceMakeOneChain(t *testing.T) {
	s := auditStore(t, 40)
	failures := make(chan error, 4)
	for range cap(failures) {
		go func() {
			_, err := s.ChainAudit(t.Context(), 10, today)
			failures <- err
		}()
	}
	for range cap(failures) {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	s.wantWhole(t, 40)
}

func TestVerifyNamesTheFirstBrokenPlace(t *testing.T) {
	for name, test := range map[string]struct{ statement, want string }{
		"detail changed":     {`update audit set detail = '{"left": 99}' where id = 3`, "position 3: audit row 3, or its hash, has been changed"},
		"name changed":       {`update audit set event = 'pin.right' where id = 2`, "position 2: audit row 2"},
		"time changed":       {`update audit set at = at + interval '1 second' where id = 4`, "position 4: audit row 4"},
		"hash changed":       {`update audit_chain set hash = sha256('x') where position = 2`, "position 2: audit row 2"},
		"another row put in": {`update audit_chain set audit_id = 100 - audit_id where position in (2, 98)`, "position 2: audit row 98 has been removed"},
		"row removed":        {`delete from audit where id = 3`, "position 3: audit row 3 has been removed"},
		"first row removed":  {`delete from audit where id = 1`, "position 1: audit row 1 has been removed"},
		"position removed":   {`delete from audit_chain where position = 3`, "position 3 is not in the chain"},
		"beginning removed":  {`delete from audit_chain where position < 3`, "position 1 is not in the chain"},
		"end removed":        {`delete from audit_chain where position > 3`, "audit row 4 is neither in the chain nor waiting for it: its position, after 3, has been removed"},
		"row and position removed": {`
			with gone as (delete from audit where id = 3) delete from audit_chain where position = 3`, "position 3 is not in the chain"},
		"row added behind the trigger": {`insert into audit (at, event) values (now(), 'linked')`, "audit row 6 is neither"},
		"positions closed up": {`
			with gone as (delete from audit_chain where position = 3)
			update audit_chain set position = position + 997 where position > 3`, "position 3 is not in the chain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := auditStore(t, 5)
			s.chain(t, 10, 5)
			s.wantWhole(t, 5)
			s.tamper(t, test.statement)
			if fault := s.verify(t, nil).Fault; !strings.HasPrefix(fault, test.want) {
				t.Errorf("%q, want %q", fault, test.want)
			}
		})
	}
}

func TestEndThatIsCutOffIsFoundByAnEarlierHead(t *testing.T) {
	s := auditStore(t, 5)
	s.chain(t, 3, 3)
	middle := s.wantEarlier(t)
	s.chain(t, 3, 2)
	head := s.wantWhole(t, 5).Head
	for _, known := range [][]byte{middle, head} {
		if report := s.verify(t, known); report.Fault != "" {
			t.Errorf("head %x: %s", known, report.Fault)
		}
	}
	s.tamper(t, `with gone as (delete from audit_chain where position > 3) delete from audit where id > 3`)
	s.wantWhole(t, 3) // nothing inside tells
	if report := s.verify(t, middle); report.Fault != "" {
		t.Error(report.Fault)
	}
	if fault := s.verify(t, head).Fault; !strings.Contains(fault, hex.EncodeToString(head)) {
		t.Errorf("%q, want the head that is missing", fault)
	}
}

func (s *Store) wantEarlier(t *testing.T) []byte {
	t.Helper()
	report := s.verify(t, nil)
	if report.Fault != "" || report.Pending != 2 || !report.Oldest.Equal(today) {
		t.Fatalf("%+v, want two rows pending since %v", report, today)
	}
	return report.Head
}

func TestAuditRefusesToBeChanged(t *testing.T) {
	s := auditStore(t, 2)
	s.chain(t, 1, 1)
	for _, statement := range []string{
		`update audit set event = 'linked' where id = 2`,
		`delete from audit where id = 2`,
		`truncate audit cascade`,
		`update audit_chain set position = 7`,
		`delete from audit_chain`,
		`truncate audit_chain`,
	} {
		if _, err := s.db.Exec(statement); err == nil || !strings.Contains(err.Error(), "append only") {
			t.Errorf("%s: %v, want a refusal", statement, err)
		}
	}
	if _, err := s.db.Exec(`delete from audit_subjects`); err != nil {
		t.Errorf("erasure of persons: %v", err)
	}
	s.chain(t, 1, 1)
	s.wantWhole(t, 2)
}

func TestVerifyHoldsAPageInMemory(t *testing.T) {
	s := auditStore(t, 0)
	n := verifyPage + 1
	s.db.MustExec(`insert into audit (at, event) select now(), 'pin.wrong' from generate_series(1, $1::int)`, n)
	s.chain(t, n, n)
	s.wantWhole(t, int64(n))
}

// TestFieldsCannotBeShiftedIntoEachOther: rows that read alike when written one after the other have other hashes.
func TestFieldsCannotBeShiftedIntoEachOther(t *testing.T) {
	rows := []auditRow{{ID: 1, Micros: 12, Event: "a"}, {ID: 11, Micros: 2, Event: "a"}, {ID: 1, Micros: 12, Detail: "a"}}
	var hashes []string
	for _, row := range rows {
		hashes = append(hashes, fmt.Sprintf("%x", row.link(genesis)))
	}
	slices.Sort(hashes)
	if len(slices.Compact(hashes)) != len(rows) {
		t.Errorf("hashes %v", hashes)
	}
}

func TestAuditIsNotWrittenWhenTheActIsNot(t *testing.T) {
	s := auditStore(t, 0)
	failure := fmt.Errorf("no")
	err := s.Transact(t.Context(), func(tx *Tx) error {
		if err := tx.Audit(context.WithoutCancel(t.Context()), Event{At: today, Name: onboarding.CaseLinked}); err != nil {
			return err
		}
		return failure
	})
	if err == nil || s.rows(t, "audit")+s.rows(t, "audit_pending") != 0 {
		t.Errorf("%v, %d rows", err, s.rows(t, "audit"))
	}
}
