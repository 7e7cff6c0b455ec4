package activities

import (
	"crypto/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// code issues an activation code to an institution.
func (d *desk) code(institution string) onboarding.ActivationCode {
	d.t.Helper()
	code, err := onboarding.NewActivationCode(rand.Reader)
	noError(d.t, err)
	hash, err := cheap.Hash(d.t.Context(), code.Secret())
	noError(d.t, err)
	noError(d.t, d.Store.Transact(d.t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.IssueActivationCode(d.t.Context(), onboarding.InstitutionCode(institution), code.Selector(), hash,
			d.now, d.now.Add(onboarding.CodeLife))
		return err
	}))
	return code
}

// newSchool is a school of Jane's board that has no account.
func (d *desk) newSchool() onboarding.ActivationCode {
	d.t.Helper()
	d.db.MustExec(`insert into institutions (code, kind, name, board) values ('16AH', 'school', 'De Linde', '10249')`)
	return d.code("16AH")
}

func (d *desk) handCode(caseID string, code onboarding.ActivationCode) Check {
	d.t.Helper()
	return d.hand(caseID, map[string]any{"email": janeEmail, "code": code, "language": "nl"})
}

func (d *desk) try(caseID string, code onboarding.ActivationCode) Checked {
	d.t.Helper()
	checked, err := do[Checked](d, d.CheckActivationCode, d.handCode(caseID, code))
	noError(d.t, err)
	return checked
}

// sibling is a code with the same selector and another secret.
func sibling(t *testing.T, code onboarding.ActivationCode) onboarding.ActivationCode {
	t.Helper()
	for _, secret := range []string{"AAAAAAAAAAA", "BBBBBBBBBBB"} {
		for _, check := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			other, err := onboarding.ParseActivationCode(code.Selector() + secret + string(check))
			if err == nil && other.Secret() != code.Secret() {
				return other
			}
		}
	}
	t.Fatal("no code has this selector")
	return ""
}

// nobodys is a code that was never printed.
func nobodys(t *testing.T, d *desk) onboarding.ActivationCode {
	t.Helper()
	for {
		code, err := onboarding.NewActivationCode(rand.Reader)
		noError(t, err)
		if d.count(`select count(*) from activation_codes where selector = $1`, code.Selector()) == 0 {
			return code
		}
	}
}

func TestCheckActivationCodeTwice(t *testing.T) {
	for _, want := range []onboarding.Outcome{onboarding.Accepted, onboarding.WrongCode} {
		t.Run(string(want), func(t *testing.T) {
			d := newDesk(t)
			code := d.newSchool()
			if want == onboarding.WrongCode {
				code = sibling(t, code)
			}
			checked := twice[Checked](d, d.CheckActivationCode, d.handCode(janeCase, code))
			wantOutcome(t, checked, want)
			if want == onboarding.WrongCode && checked.Verdict.TriesLeft != 4 {
				t.Errorf("tries left %d, want 4", checked.Verdict.TriesLeft)
			}
			d.want(0, `handovers`)
			if n := d.count(`select count(*) from pins`) + d.count(`select count(*) from audit where event = 'proof.wrong'`); n != 1 {
				t.Errorf("%d effects, want 1", n)
			}
		})
	}
}

func TestActivationCodeLinksAnInstitutionWithoutAnAccount(t *testing.T) {
	d := newDesk(t)
	checked := d.try(janeCase, d.newSchool())
	wantOutcome(t, checked, onboarding.Accepted)
	if got := checked.Institutions; len(got) != 2 || got[0] != "16AH" || got[1] != "10249" {
		t.Errorf("the helpdesk finds the case by %v", got)
	}
	wantOutcome(t, d.pin(janeCase, d.mailPIN(checked.Mails[0])), onboarding.Accepted)
	done := twice[Completed](d, d.CompleteLinking, Completion{Case: janeCase})
	if done.Outcome != onboarding.Accepted || len(done.Mails) != 1 {
		t.Fatalf("%+v, want the link and one mail: there is no old address to tell", done)
	}
	d.want(1, `memberships where institution = '16AH' and source = 'activation'`)
	d.want(1, `activation_codes where used_at = $1`, d.now)
	d.want(0, `legacy_accounts where person is not null`)
	sent := twice[Sent](d, d.SendNotice, done.Mails[0])
	mails := d.mails.Mails()
	if last := mails[len(mails)-1]; sent.State != onboarding.MailSent || !strings.Contains(last.Text, "De Linde (16AH)") {
		t.Errorf("%+v: %s", sent, last.Text)
	}
	d.wantStep(janeCase, onboarding.Linked)
}

// A PIN for one thing does not fit another: the code is in its derivation.
func TestPINOfOneActivationCodeDoesNotFitAnother(t *testing.T) {
	d := newDesk(t)
	checked := d.try(janeCase, d.newSchool())
	pin := d.mailPIN(checked.Mails[0])
	d.db.MustExec(`update linkings set code = gen_random_uuid()::text`)
	if got := d.pin(janeCase, pin).Verdict.Outcome; got != onboarding.WrongPIN {
		t.Errorf("%s", got)
	}
}

func TestWhatIsSaidOfARightCodeThatCountsNoMore(t *testing.T) {
	for name, test := range map[string]struct {
		spoil string
		want  onboarding.Outcome
	}{
		"used":     {`update activation_codes set used_at = now()`, onboarding.CodeUsed},
		"voided":   {`update activation_codes set voided_at = '2026-03-01'`, onboarding.CodeEnded},
		"too old":  {`update activation_codes set expires_at = '2026-03-02 09:00Z'`, onboarding.CodeEnded},
		"in time":  {`update activation_codes set expires_at = '2026-03-02 09:00:01Z'`, onboarding.Accepted},
		"replaced": {``, onboarding.CodeEnded},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			code := d.newSchool()
			if d.db.MustExec(test.spoil); test.spoil == "" {
				d.now = d.now.Add(time.Hour)
				d.code("16AH")
			}
			checked := d.try(janeCase, code)
			wantOutcome(t, checked, test.want)
			if test.want == onboarding.CodeEnded && (checked.Verdict.Until.IsZero() || checked.Verdict.Until.After(d.now)) {
				t.Errorf("ended at %v", checked.Verdict.Until)
			}
			d.want(0, `attempts where scope = 'code' and failures > 0`)
			if test.want != onboarding.Accepted { // said to who has the letter only
				wantOutcome(t, d.try(janeCase, sibling(t, code)), onboarding.WrongCode)
			}
		})
	}
}

// T11: one answer, whatever is behind a selector, for who does not have the secret.
func TestUnknownAndWrongCodesAnswerAlike(t *testing.T) {
	d := newDesk(t)
	live := d.newSchool()
	used := d.code("03AB")
	d.db.MustExec(`update activation_codes set used_at = now() where selector = $1`, used.Selector())
	d.login("other", boardKvK)
	d.login("third", boardKvK)
	cases := []string{janeCase, newCase(d, "other"), newCase(d, "third")}
	for left := 4; left >= 0; left-- {
		answers := []string{encode(t, d.try(cases[0], nobodys(t, d))), encode(t, d.try(cases[1], sibling(t, live))), encode(t, d.try(cases[2], sibling(t, used)))}
		if answers[0] != answers[1] || answers[0] != answers[2] {
			t.Fatalf("%d left: %v", left, answers)
		}
	}
	d.want(3, `audit where event = 'proof.wrong' and detail ? 'locked_until'`)
}

// T12: five wrong codes an hour, whatever an identity tries them in.
func TestFifthWrongCodeLocksTheIdentityForAnHour(t *testing.T) {
	d := newDesk(t)
	code := d.newSchool()
	for range 4 {
		wantOutcome(t, d.try(janeCase, sibling(t, code)), onboarding.WrongCode)
	}
	const next = "22222222-2222-4222-8222-222222222222"
	d.open(next, jane) // another case does not begin anew
	locked := d.try(next, nobodys(t, d))
	wantOutcome(t, locked, onboarding.Locked)
	if want := d.now.Add(time.Hour); !locked.Verdict.Until.Equal(want) {
		t.Errorf("locked until %v, want %v", locked.Verdict.Until, want)
	}
	d.now = d.now.Add(time.Hour - time.Second)
	wantOutcome(t, d.try(next, code), onboarding.Locked)
	d.now = d.now.Add(time.Second)
	wantOutcome(t, d.try(next, code), onboarding.Accepted)
}

// T12: what 1000 identities can guess in a year. Each gets five tries an hour at secrets of 55 bits.
func TestActivationCodesCannotBeGuessedWithinAYear(t *testing.T) {
	const identities = 1000
	tries := onboarding.Attempts{}
	now, year := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), 0
	for end := now.AddDate(1, 0, 0); now.Before(end); now = now.Add(time.Minute) {
		for !tries.LockedAt(now) {
			tries, year = onboarding.CodeTries.Add(tries, now), year+1
		}
	}
	perTry := 1 / float64(uint64(1)<<55)
	chance := float64(year) * identities * perTry // one live code behind each known selector: a try is at one of them
	if t.Logf("%d tries a year each, chance %.1g with known selectors", year, chance); year > 5*24*366 || chance > 1e-8 {
		t.Errorf("%d tries a year, chance %g", year, chance)
	}
}

func TestWrongCodesDoNotLockThePasswordDoorOfTheCase(t *testing.T) {
	d := newDesk(t)
	for range 5 {
		d.try(janeCase, nobodys(t, d))
	}
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Accepted)
	d.want(1, `linkings where step = 'mailing_pin' and locked_until is null`)
}

// T2: the code proves the institution, the organisation of the login its board.
func TestActivationCodeOfAnotherOrganisationsLoginDoesNotLink(t *testing.T) {
	d := newDesk(t)
	code := d.newSchool()
	d.login("stranger", strangersKvK)
	if got := d.try(newCase(d, "stranger"), code).Verdict.Outcome; got == onboarding.Accepted {
		t.Error("accepted")
	}
	d.want(0, `pins`)
	d.want(1, `activation_codes where used_at is null and voided_at is null`)
}

func TestActivationCodeOfAMergedSchoolLinksItsSuccessor(t *testing.T) {
	d := newDesk(t)
	code := d.newSchool()
	d.close(store.Closure{Code: "16AH", On: d.now, Successor: "03AB"})
	checked := d.try(janeCase, code)
	wantOutcome(t, checked, onboarding.Accepted)
	wantOutcome(t, d.pin(janeCase, d.mailPIN(checked.Mails[0])), onboarding.Accepted)
	d.complete(janeCase, onboarding.Accepted)
	d.want(1, `memberships where institution = '03AB' and source = 'activation'`)
}

func TestActivationCodeOfAClosedSchoolIsRefused(t *testing.T) {
	d := newDesk(t)
	code := d.newSchool()
	d.close(store.Closure{Code: "16AH", On: d.now})
	wantOutcome(t, d.try(janeCase, code), onboarding.InstitutionEnded)
}

func TestCodeThatIsReplacedAfterItsProofDoesNotLink(t *testing.T) {
	d := newDesk(t)
	checked := d.try(janeCase, d.newSchool())
	wantOutcome(t, d.pin(janeCase, d.mailPIN(checked.Mails[0])), onboarding.Accepted)
	d.code("16AH")
	done := twice[Completed](d, d.CompleteLinking, Completion{Case: janeCase, Deadline: d.now.Add(time.Hour)})
	if done.Outcome != onboarding.CodeEnded {
		t.Errorf("%+v", done)
	}
	d.want(1, `linkings where step = 'await_proof' and refusal = 'code_ended' and code is null`)
	d.want(0, `memberships`)
}

// T10 at this door.
func TestTwoIdentitiesWithOneActivationCodeExactlyOneWins(t *testing.T) {
	d := newDesk(t)
	code := d.newSchool()
	d.rival()
	for _, caseID := range []string{janeCase, rivalCase} {
		checked := d.try(caseID, code)
		wantOutcome(t, checked, onboarding.Accepted)
		wantOutcome(t, d.pin(caseID, d.mailPIN(checked.Mails[0])), onboarding.Accepted)
	}
	barrier, outcomes := make(chan struct{}), make(chan onboarding.Outcome, 2)
	var both sync.WaitGroup
	for _, caseID := range []string{janeCase, rivalCase} {
		both.Go(func() {
			<-barrier
			done, err := do[Completed](d, d.CompleteLinking, Completion{Case: caseID, Deadline: d.now.Add(time.Hour)})
			if err != nil {
				t.Error(err)
			}
			outcomes <- done.Outcome
		})
	}
	close(barrier)
	both.Wait()
	if a, b := <-outcomes, <-outcomes; a == b || a != onboarding.Taken && b != onboarding.Taken {
		t.Errorf("outcomes %s and %s, want one accepted and one taken", a, b)
	}
	d.want(1, `persons`)
	d.want(1, `memberships`)
	d.want(1, `identities where person is not null`)
	d.want(1, `linkings where refusal = 'taken' and step = 'await_proof'`)
}
