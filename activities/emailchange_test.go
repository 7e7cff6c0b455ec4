package activities

import (
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// Jane, who is linked, wants another address.
const (
	changeCase = "33333333-3333-4333-8333-333333333333"
	newEmail   = "jane.jansen@regenboog.example"
)

// linkedDesk is a desk at which jane is linked, and the mails about it are forgotten.
func linkedDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.link()
	d.mails.Forget()
	return d
}

func (d *desk) openChange(identity string) {
	d.t.Helper()
	twice[any](d, d.OpenEmailChange, ChangeOpening{Case: changeCase, Identity: identity,
		Person: d.text(`select person from identities where hash = $1`, identity), Reference: "M4LL-C4SE", Language: "nl",
		At: d.now, Deadline: d.now.Add(onboarding.EmailChangeOpen)})
}

func (d *desk) changeTo(email string) Checked {
	d.t.Helper()
	return twice[Checked](d, d.ChangeAddress, d.hand(changeCase, map[string]any{"email": email, "language": "nl"}))
}

// proveChange brings the change to the acceptance of its PIN and returns the PIN.
func (d *desk) proveChange() string {
	d.t.Helper()
	d.openChange(jane)
	mails := d.changeTo(newEmail).Mails
	pin := d.mailPIN(mails[0])
	twice[Sent](d, d.SendChangeNotice, mails[1])
	wantOutcome(d.t, twice[Checked](d, d.CheckPIN, d.hand(changeCase, map[string]any{"pin": pin, "session": []byte("s")})), onboarding.Accepted)
	return pin
}

func (d *desk) wantChange(want onboarding.Step) {
	d.t.Helper()
	if got := d.text(`select step from email_changes where id = $1`, changeCase); got != string(want) {
		d.t.Errorf("step %s, want %s", got, want)
	}
}

func TestNewAddressGetsThePINAndThePresentOneIsToldOnce(t *testing.T) {
	d := linkedDesk(t)
	d.openChange(jane)
	first := d.changeTo(newEmail)
	wantOutcome(t, first, onboarding.Accepted)
	if len(first.Mails) != 2 || first.Mails[1].Kind != onboarding.ChangeAskedMail {
		t.Fatalf("mails %+v, want the PIN and a warning", first.Mails)
	}
	d.mailPIN(first.Mails[0])
	twice[Sent](d, d.SendChangeNotice, first.Mails[1])
	d.now = d.now.Add(2 * time.Minute)
	if again := d.changeTo("j@regenboog.example"); len(again.Mails) != 1 {
		t.Errorf("mails %+v, want a PIN alone", again.Mails)
	}
	mails := d.mails.Mails()
	if len(mails) != 2 || !mails[0].SentTo(newEmail) || !mails[1].SentTo(janeEmail) {
		t.Errorf("%d mails, want a PIN to the new address and a warning to the present one", len(mails))
	}
	d.wantChange(onboarding.MailingPIN)
}

func TestProvenAddressBecomesThePersonsAndOtherSessionsEnd(t *testing.T) {
	d := linkedDesk(t)
	d.login("jane elsewhere", boardKvK)
	d.db.MustExec(`update identities set person = (select person from identities where hash = $1), linked_at = $2 where hash = 'jane elsewhere'`, jane, d.now)
	d.login("piet", boardKvK)
	for token, identity := range map[string]string{"s": jane, "other": jane, "elsewhere": "jane elsewhere", "piet's": "piet"} {
		d.session(token, identity)
	}
	d.proveChange()
	d.mails.Forget()
	done := twice[Completed](d, d.CompleteEmailChange, Completion{Case: changeCase})
	if done.Outcome != onboarding.Accepted || len(done.Mails) != 2 {
		t.Fatalf("completed %+v, want accepted with two mails", done)
	}
	d.want(1, `persons where email = $1`, newEmail)
	d.want(0, `persons where email = $1`, janeEmail)
	d.want(1, `sessions where token_hash = 's'`)
	d.want(1, `sessions where token_hash = $1`, []byte("piet's"))
	d.want(2, `sessions`)
	d.want(1, `audit where event = 'email.changed'`)
	for _, job := range done.Mails {
		d.wantChange(onboarding.Notifying)
		twice[Sent](d, d.SendChangeNotice, job)
	}
	d.wantChange(onboarding.Changed)
	if mails := d.mails.Mails(); len(mails) != 2 || !mails[0].SentTo(newEmail) || !mails[1].SentTo(janeEmail) {
		t.Errorf("%d mails, want one to each address", len(mails))
	}
}

func TestChangeOfAnIdentityThatLostItsPersonIsVoid(t *testing.T) {
	d := linkedDesk(t)
	d.proveChange()
	d.db.MustExec(`update identities set person = null, linked_at = null`)
	done := twice[Completed](d, d.CompleteEmailChange, Completion{Case: changeCase})
	if done.Outcome != onboarding.AskAgain || len(done.Mails) != 0 {
		t.Errorf("completed %+v", done)
	}
	d.wantChange(onboarding.Voided)
	d.want(0, `persons where email = $1`, newEmail)
}

func TestPINOfALinkIsNotThePINOfAChange(t *testing.T) {
	d := newDesk(t)
	pin := d.link()
	d.openChange(jane)
	d.mailPIN(d.changeTo(newEmail).Mails[0])
	wantOutcome(t, d.pin(changeCase, pin), onboarding.WrongPIN)
	d.wantChange(onboarding.AwaitPIN)
}

func TestTooManyWrongPINsOfAChangeAreToldToThePresentAddress(t *testing.T) {
	d := linkedDesk(t)
	d.openChange(jane)
	pin := d.mailPIN(d.changeTo(newEmail).Mails[0])
	d.mails.Forget()
	var last Checked
	for range onboarding.PINTries {
		last = d.pin(changeCase, wrongPIN(pin))
	}
	wantOutcome(t, last, onboarding.Locked)
	if len(last.Mails) != 1 {
		t.Fatalf("mails %+v, want one", last.Mails)
	}
	twice[Sent](d, d.SendChangeNotice, last.Mails[0])
	if mails := d.mails.Mails(); len(mails) != 1 || !mails[0].SentTo(janeEmail) {
		t.Errorf("%d mails, want one to the present address", len(mails))
	}
	wantOutcome(t, d.pin(changeCase, pin), onboarding.Locked)
}

func TestThreeAddressesPerChange(t *testing.T) {
	d := linkedDesk(t)
	d.openChange(jane)
	for _, email := range []string{"a@regenboog.example", "b@regenboog.example", "c@regenboog.example"} {
		wantOutcome(t, d.changeTo(email), onboarding.Accepted)
	}
	wantOutcome(t, d.changeTo("d@regenboog.example"), onboarding.TooManyAddresses)
}

func TestChangeThatIsClosedLeavesNothing(t *testing.T) {
	d := linkedDesk(t)
	d.openChange(jane)
	pin := d.mailPIN(d.changeTo(newEmail).Mails[0])
	d.hand(changeCase, map[string]any{})
	twice[any](d, d.CloseEmailChange, Closing{Case: changeCase, Step: onboarding.Expired})
	d.wantChange(onboarding.Expired)
	d.want(0, `handovers`)
	d.want(1, `audit where event = 'expired'`)
	if checked := d.pin(changeCase, pin); checked.Verdict.Outcome != onboarding.EndedPIN || !checked.Over {
		t.Errorf("the PIN is answered %+v", checked)
	}
	for _, checked := range []Checked{d.changeTo(newEmail), twice[Checked](d, d.RequestPIN, Check{Case: changeCase, Update: "again"})} {
		if checked.Verdict.Outcome != onboarding.AskAgain || !checked.Over {
			t.Errorf("a case that is over answers %+v", checked)
		}
	}
}

func TestBounceOfAChangeIsToldToItsWorkflow(t *testing.T) {
	d := linkedDesk(t)
	d.openChange(jane)
	job := d.changeTo(newEmail).Mails[0]
	d.mailPIN(job)
	noted := twice[Noted](d, d.NoteBounce, Bounce{MailJob: job, Status: "5.1.1"})
	if noted.Workflow != testWorkflowID {
		t.Errorf("%q is told", noted.Workflow)
	}
	d.want(1, `mails where case_id = $1 and state = 'bounced'`, changeCase)
}

// T8 of a change: whichever comes first, the PIN or another address, the address that counts is the proven one.
func TestChangedAddressIsAlwaysTheOneThatWasProven(t *testing.T) {
	d := linkedDesk(t)
	const rounds = 100
	won := map[onboarding.Outcome]int{}
	for range rounds {
		pin := d.freshChange()
		submit := d.hand(changeCase, map[string]any{"pin": pin, "session": []byte("s")})
		change := d.hand(changeCase, map[string]any{"email": "b@elders.example", "language": "nl"})
		var typed Checked
		atOnce(
			func() { typed = must(do[Checked](d, d.CheckPIN, submit)) },
			func() { must(do[Checked](d, d.ChangeAddress, change)) })
		won[typed.Verdict.Outcome]++
		switch step := onboarding.Step(d.text(`select step from email_changes where id = $1`, changeCase)); {
		case typed.Verdict.Outcome == onboarding.Accepted && step == onboarding.Completing:
			must(do[Completed](d, d.CompleteEmailChange, Completion{Case: changeCase}))
			d.want(1, `persons where email = $1`, newEmail)
		case typed.Verdict.Outcome == onboarding.ReplacedPIN && step == onboarding.MailingPIN:
			d.want(0, `pins where case_id = $1 and confirmed_at is not null`, changeCase)
		default:
			t.Fatalf("the PIN was answered %s and the case is at %s", typed.Verdict.Outcome, step)
		}
		d.db.MustExec(`
			delete from pins where case_id = $1`, changeCase)
		d.db.MustExec(`update persons set email = 'now@regenboog.example'; delete from email_changes; delete from mails;
			delete from outcomes; delete from handovers; delete from attempts`)
	}
	if t.Logf("%v", won); len(won) != 2 {
		t.Errorf("one side always came first: %v", won)
	}
}

// freshChange brings a change to the acceptance of its PIN mail by its rows alone, and returns the PIN.
func (d *desk) freshChange() (pin string) {
	d.openChange(jane)
	ctx := d.t.Context()
	noError(d.t, d.Store.Transact(ctx, func(tx *store.Tx) error {
		change, err := tx.LockEmailChange(ctx, changeCase)
		noError(d.t, err)
		change.Step, change.Generation = onboarding.AwaitPIN, 1
		noError(d.t, d.addPIN(ctx, tx, change.Case, newEmail, d.now))
		_, err = nameMail(ctx, tx, change.Case, 1, d.now)
		noError(d.t, err)
		noError(d.t, tx.AcceptPIN(ctx, changeCase, 1, d.now, d.now.Add(onboarding.PINLife)))
		pins, err := tx.PINs(ctx, changeCase)
		noError(d.t, err)
		derived, err := d.derive(d.confirmingChange(&change), pins[0], newEmail)
		noError(d.t, err)
		pin = string(derived)
		return tx.SaveEmailChange(ctx, change)
	}))
	return pin
}
