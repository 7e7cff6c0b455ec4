package activities

import (
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/onboarding"
)

// Temporal may run every activity twice; each has one effect.

func TestOpenLinkingTwice(t *testing.T) {
	d := newDesk(t)
	d.open(janeCase, jane)
	if n := d.count(`select count(*) from linkings`); n != 1 {
		t.Errorf("%d cases, want 1", n)
	}
}

func TestOpenLinkingEndsACaseThatWasTerminated(t *testing.T) {
	d := newDesk(t)
	const next = "22222222-2222-4222-8222-222222222222"
	d.open(next, jane)
	d.wantStep(janeCase, onboarding.Cancelled)
	d.wantStep(next, onboarding.AwaitProof)
}

func TestCheckCredentialsTwice(t *testing.T) {
	for password, want := range map[string]onboarding.Outcome{
		janePassword: onboarding.Accepted, "wrong": onboarding.WrongCredentials,
	} {
		t.Run(string(want), func(t *testing.T) {
			d := newDesk(t)
			in := d.hand(janeCase, map[string]any{"email": janeEmail, "username": janeUsername, "password": password, "language": "nl"})
			checked := twice[Checked](d, d.CheckCredentials, in)
			wantOutcome(t, checked, want)
			if want == onboarding.WrongCredentials && checked.Verdict.TriesLeft != 4 {
				t.Errorf("tries left %d, want 4", checked.Verdict.TriesLeft)
			}
			if n := d.count(`select count(*) from handovers`); n != 0 {
				t.Errorf("%d hand-overs left", n)
			}
			if n := d.count(`select count(*) from pins`) + d.count(`select count(*) from audit where event = 'proof.wrong'`); n != 1 {
				t.Errorf("%d effects, want 1", n)
			}
		})
	}
}

func TestCheckPINTwice(t *testing.T) {
	d := newDesk(t)
	pin := d.mailPIN(d.prove())
	wrong := twice[Checked](d, d.CheckPIN, d.hand(janeCase, map[string]any{"pin": wrongPIN(pin)}))
	wantOutcome(t, wrong, onboarding.WrongPIN)
	if wrong.Verdict.TriesLeft != 4 {
		t.Errorf("tries left %d, want 4", wrong.Verdict.TriesLeft)
	}
	wantOutcome(t, twice[Checked](d, d.CheckPIN, d.hand(janeCase, map[string]any{"pin": pin})), onboarding.Accepted)
	if n := d.count(`select count(*) from audit where event = 'pin.right'`); n != 1 {
		t.Errorf("%d confirmations, want 1", n)
	}
}

func TestRequestPINTwice(t *testing.T) {
	d := newDesk(t)
	d.mailPIN(d.prove())
	d.now = d.now.Add(2 * time.Minute)
	checked := twice[Checked](d, d.RequestPIN, Check{Case: janeCase, Update: "again"})
	if n := d.count(`select count(*) from mails`); n != 2 || len(checked.Mails) != 1 || checked.Mails[0].Number != 2 {
		t.Errorf("%d mails, jobs %+v, want the second of two", n, checked.Mails)
	}
}

func TestChangeAddressTwice(t *testing.T) {
	d := newDesk(t)
	d.mailPIN(d.prove())
	checked := twice[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": "j@elders.example", "language": "nl"}))
	wantOutcome(t, checked, onboarding.Accepted)
	if n := d.count(`select count(*) from pins`); n != 2 {
		t.Errorf("%d generations, want 2", n)
	}
}

func TestSendPINTwice(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	sent := twice[Sent](d, d.SendPIN, job)
	if n := len(d.mails.Mails()); n != 1 || sent.State != onboarding.MailSent {
		t.Errorf("%d mails, state %s, want one that is sent", n, sent.State)
	}
	d.wantStep(janeCase, onboarding.AwaitPIN)
}

func TestSendPINAfterALostAnswerRepeatsPINAndMessageID(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	d.mails.SetFault(mailtest.Fault{At: mailtest.Content, Drop: true, Times: 1})
	if _, err := do[Sent](d, d.SendPIN, job); err == nil {
		t.Fatal("a lost answer was taken for an acceptance")
	}
	if state := d.text(`select state from mails`); state != "late" {
		t.Errorf("state %s, want late", state)
	}
	d.mailPIN(job)
	mails := d.mails.Mails()
	if len(mails) != 2 || pinIn(t, mails[0]) != pinIn(t, mails[1]) {
		t.Fatalf("%d mails, want two with the same PIN", len(mails))
	}
	if a, b := mails[0].Header.Get("Message-Id"), mails[1].Header.Get("Message-Id"); a != b || a == "" {
		t.Errorf("message ids %q and %q, want the same", a, b)
	}
}

func TestCompleteLinkingTwice(t *testing.T) {
	d := newDesk(t)
	d.pin(janeCase, d.mailPIN(d.prove()))
	done := twice[Completed](d, d.CompleteLinking, Completion{Case: janeCase})
	if done.Outcome != onboarding.Accepted || len(done.Mails) != 2 {
		t.Errorf("completed %+v, want accepted with two mails", done)
	}
	for table, want := range map[string]int{
		"persons": 1, "memberships": 1, "audit where event = 'linked'": 1,
		"identities where person is not null":                                1,
		"legacy_accounts where person is not null and password_hash is null": 1,
	} {
		if n := d.count(`select count(*) from ` + table); n != want {
			t.Errorf("%d %s, want %d", n, table, want)
		}
	}
	d.wantStep(janeCase, onboarding.Notifying)
}

func TestSendNoticeTwiceAndTheLastOneEndsTheCase(t *testing.T) {
	d := newDesk(t)
	d.pin(janeCase, d.mailPIN(d.prove()))
	done, err := do[Completed](d, d.CompleteLinking, Completion{Case: janeCase})
	noError(t, err)
	d.mails.Forget()
	for _, job := range done.Mails {
		d.wantStep(janeCase, onboarding.Notifying)
		twice[Sent](d, d.SendNotice, job)
	}
	d.wantStep(janeCase, onboarding.Linked)
	mails := d.mails.Mails()
	if len(mails) != 2 || !mails[0].SentTo(janeEmail) || !mails[1].SentTo(ownerEmail) {
		t.Errorf("%d mails, want one to the person and one to the old address", len(mails))
	}
}

func TestLapseProofTwice(t *testing.T) {
	d := newDesk(t)
	d.mailPIN(d.prove())
	reminders := twice[[]MailJob](d, d.LapseProof, Lapse{Case: janeCase, Deadline: d.now.Add(48 * time.Hour)})
	if len(reminders) != 1 {
		t.Fatalf("%d reminders, want 1", len(reminders))
	}
	d.wantStep(janeCase, onboarding.AwaitProof)
	d.mails.Forget()
	twice[Sent](d, d.SendNotice, reminders[0])
	if mails := d.mails.Mails(); len(mails) != 1 || !mails[0].SentTo(janeEmail) {
		t.Errorf("%d reminders were mailed, want 1", len(mails))
	}
}

func TestCloseLinkingTwice(t *testing.T) {
	d := newDesk(t)
	d.hand(janeCase, map[string]any{})
	twice[any](d, d.CloseLinking, Closing{Case: janeCase, Step: onboarding.Expired})
	if n := d.count(`select count(*) from audit where event = 'expired'`) + d.count(`select count(*) from handovers`); n != 1 {
		t.Errorf("%d audit rows and hand-overs, want the one row", n)
	}
}

func TestSettleTwice(t *testing.T) {
	d := newDesk(t)
	settlement := Settlement{Check: Check{Case: janeCase, Update: "u"}, Otherwise: onboarding.CheckFailed}
	wantOutcome(t, twice[Checked](d, d.Settle, settlement), onboarding.CheckFailed)
	late, err := do[Checked](d, d.CheckCredentials, Check{Case: janeCase, Update: "u"})
	noError(t, err)
	wantOutcome(t, late, onboarding.CheckFailed)
}

func TestSettleFindsACommittedJudgement(t *testing.T) {
	d := newDesk(t)
	d.prove()
	judged := d.text(`select update_id from outcomes`)
	settlement := Settlement{Check: Check{Case: janeCase, Update: judged}, Otherwise: onboarding.CheckFailed}
	wantOutcome(t, twice[Checked](d, d.Settle, settlement), onboarding.Accepted)
}
