package activities

import (
	"sync"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// The threats of a linking, as docs/threats.md numbers them.

const rivalCase = "22222222-2222-4222-8222-222222222222"

// rival is another login of the same organisation, with a case of its own.
func (d *desk) rival() {
	d.t.Helper()
	d.login("rival", boardKvK)
	d.open(rivalCase, "rival")
}

// link brings jane's case from its PIN mail to its link and returns the PIN.
func (d *desk) link() (pin string) {
	d.t.Helper()
	pin = d.mailPIN(d.prove())
	wantOutcome(d.t, d.pin(janeCase, pin), onboarding.Accepted)
	d.complete(janeCase, onboarding.Accepted)
	return pin
}

func (d *desk) complete(caseID string, want onboarding.Outcome) {
	d.t.Helper()
	done, err := do[Completed](d, d.CompleteLinking, Completion{Case: caseID, Deadline: d.now.Add(time.Hour)})
	noError(d.t, err)
	if done.Outcome != want {
		d.t.Errorf("completing ended as %s, want %s", done.Outcome, want)
	}
}

// T1: somebody has prepared for the day that the account is linked. Each state is opened first and worthless after.
func TestNothingThatWasOpenBeforeTheLinkWorksAfterIt(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*desk)
		after   func(*desk)
	}{
		"a session of the identity": {
			func(d *desk) { d.session("thief", jane) },
			func(d *desk) { d.want(0, `sessions where token_hash = 'thief'`) },
		},
		"a proof of another login": {
			func(d *desk) {
				d.rival()
				proof := d.credentials(rivalCase, janeUsername, janePassword, "rival@elders.example")
				wantOutcome(d.t, d.pin(rivalCase, d.mailPIN(proof.Mails[0])), onboarding.Accepted)
			},
			func(d *desk) {
				d.complete(rivalCase, onboarding.Taken)
				d.want(0, `identities where hash = 'rival' and person is not null`)
			},
		},
		"the old password": {
			func(d *desk) { d.rival() },
			func(d *desk) {
				wantOutcome(d.t, d.credentials(rivalCase, janeUsername, janePassword, janeEmail), onboarding.WrongCredentials)
				d.want(0, `legacy_accounts where username_key = $1 and password_hash is not null`, janeUsername)
			},
		},
		"a planted address": {
			func(d *desk) { d.db.MustExec(`update legacy_accounts set email = 'planted@elders.example'`) },
			func(d *desk) { d.want(1, `persons where email = $1`, janeEmail) },
		},
		"a change of address": {
			func(d *desk) {
				d.db.MustExec(`with was as (insert into persons (email, language, created_at) values ('was@elders.example', 'nl', $1) returning id)
					update identities set person = was.id, linked_at = $1 from was where hash = $2`, d.now, jane)
				d.openChange(jane)
				d.changePIN = d.mailPIN(d.changeTo(newEmail).Mails[0])
				d.db.MustExec(`update identities set person = null, linked_at = null`) // as an agent does by unlinking
			},
			func(d *desk) {
				d.want(1, `email_changes where step = 'voided'`)
				if checked := d.pin(changeCase, d.changePIN); checked.Verdict.Outcome != onboarding.EndedPIN || !checked.Over {
					d.t.Errorf("the PIN of the change is answered %+v", checked)
				}
				d.want(0, `persons where email = $1`, newEmail)
			},
		},
		"an address typed for the next login": {
			func(d *desk) {
				d.db.MustExec(`insert into drafts values ($1, 'x', now(), now() + interval '1 day')`, jane)
			},
			func(d *desk) { d.want(0, `drafts`) },
		},
		"a form handed over": {
			func(d *desk) { d.hand(janeCase, map[string]any{"pin": "123456"}) },
			func(d *desk) { d.want(0, `handovers`) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.session("s", jane)
			test.prepare(d)
			d.link()
			test.after(d)
			d.want(1, `sessions where token_hash = 's'`)
		})
	}
}

// T3: who reads the mail has a PIN that fits one case only, and only while that case awaits it.
func TestPINOfACaseThatIsOverDoesNotFit(t *testing.T) {
	t.Run("linked", func(t *testing.T) {
		d := newDesk(t)
		pin := d.link()
		wantOutcome(t, d.pin(janeCase, pin), onboarding.EndedPIN)
		d.wantStep(janeCase, onboarding.Notifying)
	})
	t.Run("cancelled", func(t *testing.T) {
		d := newDesk(t)
		pin := d.mailPIN(d.prove())
		_, err := do[any](d, d.CloseLinking, Closing{Case: janeCase, Step: onboarding.Cancelled})
		noError(t, err)
		wantOutcome(t, d.pin(janeCase, pin), onboarding.EndedPIN)
		d.wantStep(janeCase, onboarding.Cancelled)
	})
}

// T8: while the PIN of one address is typed, the address is changed. Whichever comes first, the address that gets
// confirmed is the one that the PIN was mailed to.
func TestAddressThatIsConfirmedIsAlwaysTheOneThatWasProven(t *testing.T) {
	d := newDesk(t)
	const rounds = 1000
	won := map[onboarding.Outcome]int{}
	for range rounds {
		pin := d.freshProof()
		submit := d.hand(janeCase, map[string]any{"pin": pin, "session": []byte("s")})
		change := d.hand(janeCase, map[string]any{"email": "b@elders.example", "language": "nl"})
		var typed Checked
		atOnce(
			func() { typed = must(do[Checked](d, d.CheckPIN, submit)) },
			func() { must(do[Checked](d, d.ChangeAddress, change)) })
		won[typed.Verdict.Outcome]++
		switch step := onboarding.Step(d.text(`select step from linkings where id = $1`, janeCase)); {
		case typed.Verdict.Outcome == onboarding.Accepted && step == onboarding.Completing:
			d.complete(janeCase, onboarding.Accepted)
			d.want(1, `persons where email = $1`, janeEmail)
		case typed.Verdict.Outcome == onboarding.ReplacedPIN && step == onboarding.MailingPIN:
			d.want(0, `pins where confirmed_at is not null`)
		default:
			t.Fatalf("the PIN was answered %s and the case is at %s", typed.Verdict.Outcome, step)
		}
		d.forget()
	}
	if t.Logf("%v", won); len(won) != 2 {
		t.Errorf("one side always came first: %v", won)
	}
}

// freshProof brings jane's case to the acceptance of its PIN mail by its rows alone, and returns the PIN.
func (d *desk) freshProof() (pin string) {
	ctx := d.t.Context()
	noError(d.t, d.Store.Transact(ctx, func(tx *store.Tx) error {
		account, err := tx.AccountByUsername(ctx, janeUsername)
		noError(d.t, err)
		l, err := tx.LockLinking(ctx, janeCase)
		noError(d.t, err)
		l.Account, l.Step, l.Generation = account.ID, onboarding.AwaitPIN, 1
		noError(d.t, d.addPIN(ctx, tx, l.Case, janeEmail, d.now))
		_, err = nameMail(ctx, tx, l.Case, 1, d.now)
		noError(d.t, err)
		noError(d.t, tx.AcceptPIN(ctx, janeCase, 1, d.now, d.now.Add(onboarding.PINLife)))
		pins, err := tx.PINs(ctx, janeCase)
		noError(d.t, err)
		derived, err := d.derive(d.confirmingLink(&l), pins[0], janeEmail)
		noError(d.t, err)
		pin = string(derived)
		return tx.SaveLinking(ctx, l)
	}))
	return pin
}

// forget takes everything back to where no case had been.
func (d *desk) forget() {
	d.db.MustExec(`
		update legacy_accounts a set person = null, linked_at = null,
			password_hash = (select password_hash from legacy_accounts where username = 'duinhaven') where person is not null;
		update identities set person = null, linked_at = null;
		delete from memberships; delete from persons; delete from pins; delete from linkings; delete from mails;
		delete from outcomes; delete from handovers; delete from attempts`)
	d.open(janeCase, jane)
}

func (d *desk) session(token, identity string) {
	d.db.MustExec(`
		insert into sessions (token_hash, identity, form_key, linked, authenticated_at, last_used_at, expires_at)
		values ($1, $2, '', false, $3, $3, $4)`, []byte(token), identity, d.now, d.now.Add(onboarding.SessionLife))
}

func (d *desk) want(n int, from string, args ...any) {
	d.t.Helper()
	if got := d.count(`select count(*) from `+from, args...); got != n {
		d.t.Errorf("%d %s, want %d", got, from, n)
	}
}

// atOnce runs all of them at the same moment.
func atOnce(all ...func()) {
	barrier := make(chan struct{})
	var running sync.WaitGroup
	for _, each := range all {
		running.Go(func() { <-barrier; each() })
	}
	close(barrier)
	running.Wait()
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
