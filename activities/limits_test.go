package activities

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

const strangersKvK = "90009999"

// crowd lets n identities of an organisation log in and opens a case for each. A name has no digits at its end.
func (d *desk) crowd(name, kvk string, n int) (cases []string) {
	d.t.Helper()
	for i := range n {
		identity := fmt.Sprintf("%s%d", name, i)
		d.login(identity, kvk)
		cases = append(cases, newCase(d, identity))
	}
	return cases
}

func newCase(d *desk, identity string) string {
	d.t.Helper()
	caseID := d.text(`select gen_random_uuid()`)
	d.open(caseID, identity)
	return caseID
}

// another is a second worker process: the same database and keys, a pool and a mind of its own.
func (d *desk) another() *desk {
	d.t.Helper()
	second, parts := *d, *d.Activities
	database, err := store.Open(d.url)
	noError(d.t, err)
	d.t.Cleanup(func() { database.Close() })
	parts.Store = database
	second.Activities = &parts
	return &second
}

func (d *desk) wrong(caseID string) Checked {
	return d.credentials(caseID, janeUsername, "wrong", "x@elders.example")
}

// T16: a stranger locks nobody out.
func TestAttackOfTwentyIdentitiesElsewhereDoesNotDelayTheOwner(t *testing.T) {
	d := newDesk(t)
	for _, caseID := range d.crowd("stranger", strangersKvK, 20) {
		for range 5 {
			d.wrong(caseID)
		}
	}
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Accepted)
}

// T16, where the attackers are of the owner's own organisation and never stop.
func TestAttackOfTwentyColleaguesDelaysTheOwnerByAnHourAtMost(t *testing.T) {
	d := newDesk(t)
	colleagues := d.crowd("colleague", boardKvK, 20)
	begun := d.now
	for d.now.Sub(begun) < 2*time.Hour { // by then the wait is an hour
		for _, caseID := range colleagues {
			d.wrong(caseID)
		}
		d.now = d.now.Add(10 * time.Minute)
	}
	delayed := d.credentials(janeCase, janeUsername, janePassword, janeEmail)
	wantOutcome(t, delayed, onboarding.Locked)
	until := delayed.Verdict.Until
	if wait := until.Sub(d.now); wait <= 0 || wait > time.Hour {
		t.Fatalf("the owner waits %v, want at most an hour", wait)
	}
	d.now = until.Add(-time.Second)
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Locked)
	d.now = until
	for _, caseID := range d.crowd("late", boardKvK, 3) { // somebody else is first, and the wait begins anew
		d.wrong(caseID)
	}
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Accepted)
}

// besiege lets n/10 identities of an organisation fail ten times each, in two rounds, as their own limit allows.
func (d *desk) besiege(username, name, kvk string, n int) {
	d.t.Helper()
	cases := d.crowd(name, kvk, n/10)
	for range 2 {
		for _, caseID := range cases {
			for range 5 {
				d.credentials(caseID, username, "wrong", "x@elders.example")
			}
		}
		d.now = d.now.Add(15 * time.Minute)
	}
}

func TestHundredWrongPasswordsInARowCloseTheDoorToOtherOrganisationsOnly(t *testing.T) {
	d := newDesk(t)
	for i := range 10 { // of ten organisations, as one would be slowed down
		d.besiege(janeUsername, fmt.Sprintf("s%d-", i), fmt.Sprintf("9100%04d", i), 10)
	}
	stranger := d.crowd("other", strangersKvK, 1)[0]
	wantOutcome(t, d.credentials(stranger, janeUsername, janePassword, janeEmail), onboarding.Closed)
	if until := d.text(`select coalesce(locked_until::text, 'none') from linkings where id = $1`, stranger); until != "none" {
		t.Errorf("the stranger's own step is locked until %s", until)
	}
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Accepted)
	wantOutcome(t, d.wrong(stranger), onboarding.WrongCredentials) // success clears
}

// failed counts n wrong tries under a limit.
func (d *desk) failed(limit onboarding.Limit, subject string, n int) {
	d.t.Helper()
	ctx := d.t.Context()
	noError(d.t, d.Store.Transact(ctx, func(tx *store.Tx) error {
		attempts, err := tx.LockAttempts(ctx, limit, subject, d.now)
		for range n {
			attempts = limit.Add(attempts, d.now)
		}
		return errors.Join(err, tx.SaveAttempts(ctx, limit, subject, attempts))
	}))
}

// T11: where the histories are equal, so are the answers.
func TestClosedAndSlowedUsernamesAnswerAlikeWhetherTheyExistOrNot(t *testing.T) {
	d := newDesk(t)
	other, colleagues := d.crowd("other", strangersKvK, 1)[0], d.crowd("colleague", boardKvK, 2)
	wantAlike := func(knownCase, unknownCase string, want onboarding.Outcome) {
		known := d.credentials(knownCase, janeUsername, "wrong", janeEmail)
		unknown := d.credentials(unknownCase, "nobody", "wrong", janeEmail)
		if a, b := encode(t, known), encode(t, unknown); a != b || known.Verdict.Outcome != want {
			t.Errorf("known %s, unknown %s, want %s", a, b, want)
		}
	}
	for _, username := range []string{janeUsername, "nobody"} {
		d.failed(onboarding.OrganisationTries, d.Lookup.Hash("organisation", boardKvK, username), 21)
	}
	wantAlike(colleagues[0], colleagues[1], onboarding.Locked)
	for _, username := range []string{janeUsername, "nobody"} {
		d.failed(onboarding.UsernameTries, d.Lookup.Hash("username", username), 100)
	}
	wantAlike(other, other, onboarding.Closed)
}

// parallel runs do n times at once, half of them in another process, and counts the outcomes.
func (d *desk) parallel(n int, do func(d *desk, i int) Checked) map[onboarding.Outcome]int {
	processes := []*desk{d, d.another()}
	outcomes := map[onboarding.Outcome]int{}
	barrier := make(chan struct{})
	var all sync.WaitGroup
	var mutex sync.Mutex
	for i := range n {
		all.Go(func() {
			<-barrier
			checked := do(processes[i%2], i)
			mutex.Lock()
			defer mutex.Unlock()
			outcomes[checked.Verdict.Outcome]++
		})
	}
	close(barrier)
	all.Wait()
	return outcomes
}

// insist runs a check again when it fails, as Temporal does: on a busy machine the wait for a row can time out.
func (d *desk) insist(check Check) Checked {
	var checked Checked
	var err error
	for range 10 {
		if checked, err = do[Checked](d, d.CheckCredentials, check); err == nil {
			return checked
		}
	}
	d.t.Error(err)
	return checked
}

func TestParallelWrongPasswordsOfOneIdentityAreCountedExactly(t *testing.T) {
	d := newDesk(t)
	checks := make([]Check, 20)
	for i := range checks {
		checks[i] = d.hand(janeCase, map[string]any{"email": janeEmail, "username": janeUsername, "password": "wrong"})
	}
	outcomes := d.parallel(len(checks), func(d *desk, i int) Checked {
		return d.insist(checks[i])
	})
	if outcomes[onboarding.WrongCredentials] != 4 || outcomes[onboarding.Locked] != 16 {
		t.Errorf("outcomes %v, want 4 wrong and, from the fifth on, 16 locked", outcomes)
	}
	if n := d.count(`select count(*) from audit where event = 'proof.wrong'`); n != 5 {
		t.Errorf("%d tries were judged, want 5", n)
	}
}

func TestParallelWrongPasswordsOfManyIdentitiesAreCountedExactly(t *testing.T) {
	d := newDesk(t)
	var checks []Check
	for _, caseID := range d.crowd("colleague", boardKvK, 30) {
		checks = append(checks, d.hand(caseID, map[string]any{"email": janeEmail, "username": janeUsername, "password": "wrong"}))
	}
	outcomes := d.parallel(len(checks), func(d *desk, i int) Checked {
		return d.insist(checks[i])
	})
	if outcomes[onboarding.WrongCredentials] != 21 || outcomes[onboarding.Locked] != 9 {
		t.Errorf("outcomes %v, want 21 wrong and 9 made to wait", outcomes)
	}
	if n := d.count(`select failures from attempts where scope = 'credentials-username'`); n != 21 {
		t.Errorf("%d in a row, want 21", n)
	}
}

func TestCountsOutliveTheProcess(t *testing.T) {
	d := newDesk(t)
	for range 4 {
		d.wrong(janeCase)
	}
	restarted := d.another()
	wantOutcome(t, restarted.wrong(janeCase), onboarding.Locked)
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Locked)
}

// T6: a thousand starts fill nobody's mailbox.
func TestThousandStartsSendTenMailsToOneAddress(t *testing.T) {
	d := newDesk(t)
	d.db.MustExec(`
		insert into identities (hash, sealed, kvk, level, supplier, last_login_at)
		select 'bomber' || n, '', $1, 'EH3', 'urn:ad', $2 from generate_series(1, 1000) n`, boardKvK, d.now)
	d.db.MustExec(`
		insert into linkings (id, workflow_id, identity, reference, language, step, since, deadline)
		select gen_random_uuid(), $1, 'bomber' || n, 'K3TF-9M2Q', 'nl', 'await_proof', $2, $3 from generate_series(1, 1000) n`,
		testWorkflowID, d.now, d.now.Add(onboarding.LinkingOpen))
	var cases []string
	noError(t, d.db.Select(&cases, `select id from linkings where identity like 'bomber%'`))
	accepted := 0
	for i, caseID := range cases {
		address := "Victim@elders.example"
		if i%2 == 0 {
			address = strings.ToLower(address)
		}
		checked := d.credentials(caseID, janeUsername, janePassword, address)
		for _, job := range checked.Mails {
			d.mailPIN(job)
		}
		if checked.Verdict.Outcome == onboarding.Accepted {
			accepted++
		}
	}
	if n := len(d.mails.Mails()); accepted != 10 || n != 10 {
		t.Errorf("%d starts were accepted and %d mails sent, want 10 and 10", accepted, n)
	}
}

// T7: PINs cannot be guessed over many flows.
func TestTwentyFlowsOfFiveTriesAreFifteenTries(t *testing.T) {
	d := newDesk(t)
	caseID := janeCase
	judged := 0
	for flow := range 20 {
		pin := "000000"
		if checked := d.credentials(caseID, janeUsername, janePassword, janeEmail); len(checked.Mails) > 0 {
			pin = wrongPIN(d.mailPIN(checked.Mails[0]))
		}
		for range 5 {
			outcome := d.another().pin(caseID, pin).Verdict.Outcome
			judged = d.count(`select count(*) from audit where event = 'pin.wrong'`)
			if flow >= 3 && outcome != onboarding.Locked {
				t.Fatalf("flow %d: the try after %d was answered %s", flow, judged, outcome)
			}
		}
		_, err := do[any](d, d.CloseLinking, Closing{Case: caseID, Step: onboarding.Cancelled})
		noError(t, err)
		caseID = newCase(d, jane)
	}
	if judged != 15 {
		t.Errorf("%d of 100 tries were judged, want 15", judged)
	}
}

func TestThirtyWrongPINsForAnAccountOverIdentitiesLockIt(t *testing.T) {
	d := newDesk(t)
	for i, caseID := range d.crowd("colleague", boardKvK, 7) {
		checked := d.credentials(caseID, janeUsername, janePassword, fmt.Sprintf("c%d@elders.example", i))
		pin := wrongPIN(d.mailPIN(checked.Mails[0]))
		for range 5 {
			d.pin(caseID, pin)
		}
	}
	if judged := d.count(`select count(*) from audit where event = 'pin.wrong'`); judged != 30 {
		t.Errorf("%d of 35 tries were judged, want 30", judged)
	}
}

func TestManyPINMailsRaiseTheAlarm(t *testing.T) {
	d := newDesk(t)
	var log bytes.Buffer
	d.Log = slog.New(slog.NewTextHandler(&log, nil))
	d.db.MustExec(`
		insert into mails (case_id, kind, number, state, requested_at)
		select gen_random_uuid(), 'pin', n, 'sent', $1 from generate_series(1, 299) n`, d.now.Add(-onboarding.PINMailAlarmWindow+time.Second))
	d.prove()
	if log.Len() != 0 {
		t.Errorf("alarm at the 300th: %s", &log)
	}
	other := d.crowd("other", boardKvK, 1)[0]
	wantOutcome(t, d.credentials(other, janeUsername, janePassword, "o@elders.example"), onboarding.Accepted)
	if !strings.Contains(log.String(), "many PIN mails") || strings.Contains(log.String(), "@") {
		t.Errorf("log %q, want the alarm without an address", &log)
	}
}
