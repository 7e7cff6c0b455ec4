package activities

import (
	"slices"
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/onboarding"
)

// events lists what the audit has of a case, in order.
func (d *desk) events(caseID string) (names []string) {
	d.t.Helper()
	noError(d.t, d.db.Select(&names, `select event from audit where case_id = $1 order by id`, caseID))
	return names
}

func (d *desk) wantEvents(want ...onboarding.Event) {
	d.t.Helper()
	var names []string
	for _, name := range want {
		names = append(names, string(name))
	}
	if got := d.events(janeCase); !slices.Equal(got, names) {
		d.t.Errorf("the audit has %q, want %q", got, names)
	}
}

func TestAuditTellsTheWholeJourney(t *testing.T) {
	d := newDesk(t)
	d.credentials(janeCase, janeUsername, "wrong", janeEmail)
	pin := d.mailPIN(d.prove())
	d.pin(janeCase, wrongPIN(pin))
	changed, err := do[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": "j@elders.example", "language": "nl"}))
	noError(t, err)
	d.pin(janeCase, pin)
	d.mails.SetFault(mailtest.Fault{At: mailtest.Recipient, Reply: 550, Times: 1})
	_, err = do[Sent](d, d.SendPIN, changed.Mails[0])
	noError(t, err)
	pin = d.mailPIN(changed.Mails[0])
	d.now = d.now.Add(onboarding.PINLife + time.Minute)
	d.pin(janeCase, pin)
	again, err := do[Checked](d, d.RequestPIN, Check{Case: janeCase, Update: "again"})
	noError(t, err)
	d.pin(janeCase, d.mailPIN(again.Mails[0]))
	_, err = do[Completed](d, d.CompleteLinking, Completion{Case: janeCase, Deadline: d.now.Add(time.Hour)})
	noError(t, err)
	d.wantEvents(onboarding.ProofWrong, onboarding.MailRequested, onboarding.ProofRight, onboarding.MailAccepted,
		onboarding.PINWrong, onboarding.MailRequested, onboarding.AddressChanged, onboarding.PINReplaced,
		onboarding.MailTurnedDown, onboarding.MailAccepted, onboarding.PINEnded, onboarding.MailRequested,
		onboarding.PINRequested, onboarding.MailAccepted, onboarding.PINRight,
		onboarding.MailRequested, onboarding.MailRequested, onboarding.CaseLinked)
}

func TestAuditTellsOfLocksAndLimits(t *testing.T) {
	d := newDesk(t)
	pin := d.mailPIN(d.prove())
	for range onboarding.PINTries + 1 {
		d.pin(janeCase, wrongPIN(pin))
	}
	for _, address := range []string{"b@elders.example", "c@elders.example", "d@elders.example"} {
		_, err := do[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": address}))
		noError(t, err)
	}
	if n := d.count(`select count(*) from audit where event = 'pin.wrong' and detail ? 'locked_until'`); n != 1 {
		t.Errorf("%d locks are told of, want 1", n)
	}
	for _, want := range []onboarding.Event{onboarding.PINLocked, onboarding.LimitReached} {
		if n := d.count(`select count(*) from audit where event = $1`, want); n != 1 {
			t.Errorf("%s: %d times, want once", want, n)
		}
	}
}

func TestUpkeepTwice(t *testing.T) {
	d := newDesk(t)
	d.prove()
	rows, err := do[int](d, d.ChainAudit, nil)
	noError(t, err)
	if pending := d.count(`select count(*) from audit_pending`); rows != 2 || pending != 0 {
		t.Errorf("%d rows chained, %d pending; want 2 and none", rows, pending)
	}
	if rows, err = do[int](d, d.ChainAudit, nil); err != nil || rows != 0 {
		t.Errorf("chained %d again, %v", rows, err)
	}
	_, err = do[any](d, d.CloseLinking, Closing{Case: janeCase, Step: onboarding.Cancelled})
	noError(t, err)
	d.now = d.now.Add(onboarding.CaseKept + time.Minute)
	swept, err := do[map[string]int](d, d.Housekeep, nil)
	noError(t, err)
	if swept["unfinished cases"] != 1 || swept["identities without a person"] != 1 || swept["mails"] != 1 {
		t.Errorf("swept %v", swept)
	}
	if swept, err = do[map[string]int](d, d.Housekeep, nil); err != nil || len(swept) != 0 {
		t.Errorf("swept %v again, %v", swept, err)
	}
}
