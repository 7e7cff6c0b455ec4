package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
	"koppel/store/schematest"
)

// auditDesk is a database with an audit, and the command that verifies it.
type auditDesk struct {
	*testing.T
	url string
	db  *store.Store
}

func newAuditDesk(t *testing.T) auditDesk {
	t.Helper()
	t.Parallel()
	db, url := schematest.Open(t)
	return auditDesk{t, url, db}
}

func (d auditDesk) write(at time.Time) {
	d.Helper()
	err := d.db.Transact(d.Context(), func(tx *store.Tx) error {
		return tx.Audit(d.Context(), store.Event{At: at, Name: onboarding.PINRight})
	})
	if err != nil {
		d.Fatal(err)
	}
}

func (d auditDesk) chain() {
	d.Helper()
	if _, err := d.db.ChainAudit(d.Context(), 100, time.Now()); err != nil {
		d.Fatal(err)
	}
}

// verify returns what the command printed, and the exit code of the program.
func (d auditDesk) verify(args ...string) (string, int) {
	command := auditCommand(func(context.Context) (*store.Store, error) { return store.Open(d.url) })
	var out bytes.Buffer
	command.SetArgs(append([]string{"verify"}, args...))
	command.SetOut(&out)
	command.SilenceErrors, command.SilenceUsage = true, true
	if err := command.ExecuteContext(d.Context()); err != nil {
		return out.String() + err.Error(), exitCode(err)
	}
	return out.String(), 0
}

func (d auditDesk) expect(code int, want string, args ...string) string {
	d.Helper()
	got, gotCode := d.verify(args...)
	if gotCode != code || !strings.Contains(got, want) {
		d.Errorf("audit verify %v: exit code %d, want %d\ngot  %s\nwant %s", args, gotCode, code, got, want)
	}
	return got
}

func TestAuditVerifySaysWhatItFound(t *testing.T) {
	d := newAuditDesk(t)
	d.expect(0, "audit: 0 rows verified\n")
	d.write(time.Now())
	d.write(time.Now())
	d.chain()
	printed := d.expect(0, "audit: 2 rows verified\n")
	_, head, _ := strings.Cut(printed, "head: ")
	head, _, _ = strings.Cut(head, "\n")
	d.write(time.Now())
	d.expect(0, "not chained yet: 1, the oldest for 0s", "--head", head)
	d.chain()
	d.expect(0, "audit: 3 rows verified\n", "--head", head)
	d.expect(2, "is not in the chain", "--head", strings.Repeat("ab", 32))
	d.expect(1, "--head: want the 64", "--head", "ab")
}

func TestAuditVerifyFailsWhenRowsAreNotChainedInTime(t *testing.T) {
	d := newAuditDesk(t)
	d.write(time.Now().Add(-11 * time.Minute))
	d.expect(2, "a row has not been chained for 11m")
	d.expect(0, "not chained yet: 1", "--pending", "12m")
}

func TestAuditThatCannotBeReadIsNotCalledBroken(t *testing.T) {
	d := newAuditDesk(t)
	d.url = "postgres://nobody:nothing@127.0.0.1:1/none?sslmode=disable"
	d.expect(1, "audit verify")
}
