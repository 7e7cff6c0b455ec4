package activities

import (
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/onboarding"
)

func TestPINWorksForAQuarterOfAnHourFromAcceptance(t *testing.T) {
	for name, test := range map[string]struct {
		after time.Duration
		want  onboarding.Outcome
	}{
		"at the end":    {onboarding.PINLife, onboarding.Accepted},
		"after the end": {onboarding.PINLife + time.Second, onboarding.EndedPIN},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			job := d.prove()
			d.now = d.now.Add(time.Hour) // the mail server was away
			pin := d.mailPIN(job)
			d.now = d.now.Add(test.after)
			wantOutcome(t, d.pin(janeCase, pin), test.want)
		})
	}
}

func TestPINIsJudgedAtTheMomentItWasHandedOver(t *testing.T) {
	d := newDesk(t)
	pin := d.mailPIN(d.prove())
	d.now = d.now.Add(onboarding.PINLife)
	in := d.hand(janeCase, map[string]any{"pin": pin})
	d.now = d.now.Add(5 * time.Minute) // the worker was away
	checked, err := do[Checked](d, d.CheckPIN, in)
	noError(t, err)
	wantOutcome(t, checked, onboarding.Accepted)
}

func TestFiveWrongPINsLockTheStepAndUseThePINUp(t *testing.T) {
	d := newDesk(t)
	pin := d.mailPIN(d.prove())
	for left := 4; left >= 1; left-- {
		wrong := d.pin(janeCase, wrongPIN(pin))
		wantOutcome(t, wrong, onboarding.WrongPIN)
		if wrong.Verdict.TriesLeft != left {
			t.Errorf("tries left %d, want %d", wrong.Verdict.TriesLeft, left)
		}
	}
	locked := d.pin(janeCase, wrongPIN(pin))
	wantOutcome(t, locked, onboarding.Locked)
	if want := d.now.Add(15 * time.Minute); !locked.Verdict.Until.Equal(want) {
		t.Errorf("locked until %v, want %v", locked.Verdict.Until, want)
	}
	if len(locked.Mails) != 1 || locked.Mails[0].Kind != onboarding.LockedMail {
		t.Errorf("mails %+v, want the notice of the lock", locked.Mails)
	}
	again := d.pin(janeCase, pin)
	wantOutcome(t, again, onboarding.Locked)
	if len(again.Mails) != 0 {
		t.Errorf("a lock was told twice: %+v", again.Mails)
	}
	d.now = d.now.Add(15 * time.Minute)
	wantOutcome(t, d.pin(janeCase, pin), onboarding.EndedPIN)
}

func TestFifteenWrongPINsOfAnIdentityLockItForADayOverCases(t *testing.T) {
	d := newDesk(t)
	caseID, wrong := janeCase, 0
	for next := '2'; wrong < 15; next++ {
		checked := d.credentials(caseID, janeUsername, janePassword, janeEmail)
		wantOutcome(t, checked, onboarding.Accepted)
		pin := d.mailPIN(checked.Mails[0])
		for range 4 {
			if wrong++; wrong <= 15 {
				checked = d.pin(caseID, wrongPIN(pin))
			}
		}
		if wrong >= 15 {
			wantOutcome(t, checked, onboarding.Locked)
			wantOutcome(t, d.pin(caseID, pin), onboarding.Locked)
			break
		}
		_, err := do[any](d, d.CloseLinking, Closing{Case: caseID, Step: onboarding.Cancelled})
		noError(t, err)
		caseID = string(next) + caseID[1:]
		d.open(caseID, jane)
	}
}

func TestAnotherAddressVoidsEveryOlderPIN(t *testing.T) {
	d := newDesk(t)
	old := d.mailPIN(d.prove())
	changed, err := do[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": "j@elders.example", "language": "en"}))
	noError(t, err)
	d.wantStep(janeCase, onboarding.MailingPIN)
	fresh := d.mailPIN(changed.Mails[0])
	replaced := d.pin(janeCase, old)
	wantOutcome(t, replaced, onboarding.ReplacedPIN)
	if replaced.Verdict.TriesLeft != 0 || d.count(`select failures from attempts where scope = 'pin-case'`) != 0 {
		t.Error("a replaced PIN was counted as a wrong one")
	}
	wantOutcome(t, d.pin(janeCase, fresh), onboarding.Accepted)
	if mails := d.mails.Mails(); !mails[1].SentTo("j@elders.example") {
		t.Error("the second PIN did not go to the other address")
	}
}

func TestResendRepeatsThePINWhileEnoughLifeIsLeft(t *testing.T) {
	for name, test := range map[string]struct {
		after time.Duration
		same  bool
	}{
		"ten minutes left":  {5 * time.Minute, true},
		"four minutes left": {11 * time.Minute, false},
		"ended":             {20 * time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			first := d.mailPIN(d.prove())
			d.now = d.now.Add(test.after)
			checked, err := do[Checked](d, d.RequestPIN, Check{Case: janeCase, Update: "again"})
			noError(t, err)
			wantOutcome(t, checked, onboarding.Accepted)
			second := d.mailPIN(checked.Mails[0])
			if (first == second) != test.same {
				t.Errorf("first %s, second %s, want same: %v", first, second, test.same)
			}
			if test.after < onboarding.PINLife {
				wantOutcome(t, d.pin(janeCase, first), onboarding.Accepted)
			}
		})
	}
}

func TestRepeatedPINKeepsItsEnd(t *testing.T) {
	d := newDesk(t)
	pin := d.mailPIN(d.prove())
	d.now = d.now.Add(9 * time.Minute)
	checked, err := do[Checked](d, d.RequestPIN, Check{Case: janeCase, Update: "again"})
	noError(t, err)
	d.mailPIN(checked.Mails[0])
	d.now = d.now.Add(6*time.Minute + time.Second)
	wantOutcome(t, d.pin(janeCase, pin), onboarding.EndedPIN)
}

func TestResendWithinAMinuteIsTooSoon(t *testing.T) {
	d := newDesk(t)
	d.mailPIN(d.prove())
	soon, err := do[Checked](d, d.RequestPIN, Check{Case: janeCase, Update: "again"})
	noError(t, err)
	wantOutcome(t, soon, onboarding.TooSoon)
	if want := d.now.Add(time.Minute); !soon.Verdict.Until.Equal(want) {
		t.Errorf("until %v, want %v", soon.Verdict.Until, want)
	}
}

func TestFiveMailsAndThreeAddressesPerCase(t *testing.T) {
	d := newDesk(t)
	d.mailPIN(d.prove())
	change := func(address string) Checked {
		checked, err := do[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": address}))
		noError(t, err)
		return checked
	}
	wantOutcome(t, change("b@elders.example"), onboarding.Accepted)
	wantOutcome(t, change("c@elders.example"), onboarding.Accepted)
	wantOutcome(t, change("d@elders.example"), onboarding.TooManyAddresses)
	wantOutcome(t, change("C@elders.example"), onboarding.TooSoon)
	wantOutcome(t, change("B@elders.example"), onboarding.Accepted)
	wantOutcome(t, change("c@elders.example"), onboarding.Accepted)
	wantOutcome(t, change("b@elders.example"), onboarding.TooManyMails)
}

func TestMailOfAVoidedPINIsSuperseded(t *testing.T) {
	d := newDesk(t)
	first := d.prove()
	_, err := do[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": "j@elders.example"}))
	noError(t, err)
	if sent := twice[Sent](d, d.SendPIN, first); sent.State != onboarding.MailSuperseded || len(d.mails.Mails()) != 0 {
		t.Errorf("%+v, %d mails, want superseded and none", sent, len(d.mails.Mails()))
	}
}

func TestRefusedMailIsAResultAndCanBeSentAgain(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	d.mails.SetFault(mailtest.Fault{At: mailtest.Recipient, Reply: 550, Times: 1})
	refused, err := do[Sent](d, d.SendPIN, job)
	noError(t, err)
	if refused.State != onboarding.MailRefused || refused.Code != 550 {
		t.Errorf("%+v, want refused with 550", refused)
	}
	d.wantStep(janeCase, onboarding.MailingPIN)
	d.mailPIN(job)
	d.wantStep(janeCase, onboarding.AwaitPIN)
}

func TestPINOfAnotherCaseDoesNotFit(t *testing.T) {
	d := newDesk(t)
	const otherCase = "22222222-2222-4222-8222-222222222222"
	d.login("other", boardKvK)
	d.open(otherCase, "other")
	mine := d.mailPIN(d.prove())
	theirs := d.credentials(otherCase, janeUsername, janePassword, janeEmail)
	d.mailPIN(theirs.Mails[0])
	wantOutcome(t, d.pin(otherCase, mine), onboarding.WrongPIN)
}

func TestPINThatIsInTheHandsOfThePersonCountsBeforeItsAcceptanceIsKnown(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	d.mails.SetFault(mailtest.Fault{At: mailtest.Content, Drop: true, Times: 1})
	_, _ = do[Sent](d, d.SendPIN, job)
	wantOutcome(t, d.pin(janeCase, pinIn(t, d.mails.Mails()[0])), onboarding.Accepted)
}
