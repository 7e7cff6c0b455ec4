package activities

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"koppel/onboarding"
)

func TestUnknownAndWrongAnswerAlike(t *testing.T) {
	d := newDesk(t)
	for try := 4; try >= 1; try-- {
		wrong := d.credentials(janeCase, janeUsername, "wrong", janeEmail)
		unknown := d.credentials(janeCase, "nobody", "wrong", janeEmail)
		if a, b := encode(t, wrong), encode(t, unknown); a != b || wrong.Verdict.TriesLeft != try {
			t.Fatalf("wrong %s, unknown %s, want both %d tries left", a, b, try)
		}
	}
}

func TestUsernameForgivesCapitalsAndBlanks(t *testing.T) {
	d := newDesk(t)
	wantOutcome(t, d.credentials(janeCase, "  REGENBOOG01 ", janePassword, janeEmail), onboarding.Accepted)
}

func TestFifthWrongPasswordLocksTheStep(t *testing.T) {
	d := newDesk(t)
	for range 4 {
		wantOutcome(t, d.credentials(janeCase, janeUsername, "wrong", janeEmail), onboarding.WrongCredentials)
	}
	locked := d.credentials(janeCase, janeUsername, "wrong", janeEmail)
	wantOutcome(t, locked, onboarding.Locked)
	if want := d.now.Add(15 * time.Minute); !locked.Verdict.Until.Equal(want) {
		t.Errorf("locked until %v, want %v", locked.Verdict.Until, want)
	}
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Locked)
	d.now = locked.Verdict.Until
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Accepted)
}

func TestTenWrongTriesOverAccountsLockTheIdentityForADay(t *testing.T) {
	d := newDesk(t)
	var last Checked
	for try := range 10 {
		last = d.credentials(janeCase, fmt.Sprintf("user%d", try%3), "wrong", janeEmail)
	}
	wantOutcome(t, last, onboarding.Locked)
	if want := d.now.Add(24 * time.Hour); !last.Verdict.Until.Equal(want) {
		t.Errorf("locked until %v, want %v", last.Verdict.Until, want)
	}
	d.now = d.now.Add(23 * time.Hour)
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Locked)
	d.now = d.now.Add(time.Hour)
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Accepted)
}

func TestLockOfOneIdentityDoesNotStopAnother(t *testing.T) {
	d := newDesk(t)
	const strangersCase = "22222222-2222-4222-8222-222222222222"
	d.login("stranger", boardKvK)
	d.open(strangersCase, "stranger")
	for range 6 {
		d.credentials(strangersCase, janeUsername, "wrong", "s@elders.example")
	}
	wantOutcome(t, d.credentials(janeCase, janeUsername, janePassword, janeEmail), onboarding.Accepted)
}

func TestLoginThatIsNotOfTheBoardAwaitsTheRepresentative(t *testing.T) {
	for name, test := range map[string]struct{ kvk, username string }{
		"another organisation": {"90009999", janeUsername},
		"register has no KvK":  {boardKvK, "duinhaven"},
		"neither has one":      {"", "duinhaven"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			const caseID = "22222222-2222-4222-8222-222222222222"
			d.login("other", test.kvk)
			d.open(caseID, "other")
			wantOutcome(t, d.credentials(caseID, test.username, janePassword, janeEmail), onboarding.NeedsApproval)
			d.wantStep(caseID, onboarding.AwaitRepresentative)
			if n := d.count(`select count(*) from pins`); n != 0 {
				t.Errorf("%d PINs were made", n)
			}
		})
	}
}

func TestHandoverIsUsedOnceInItsOwnCaseAndInTime(t *testing.T) {
	d := newDesk(t)
	in := d.hand(janeCase, map[string]any{"email": janeEmail, "username": janeUsername, "password": janePassword})
	d.now = d.now.Add(onboarding.HandoverLife)
	late, err := do[Checked](d, d.CheckCredentials, in)
	noError(t, err)
	wantOutcome(t, late, onboarding.AskAgain)
	absent, err := do[Checked](d, d.CheckCredentials, Check{Case: janeCase, Handover: "never", Update: "other"})
	noError(t, err)
	wantOutcome(t, absent, onboarding.AskAgain)
}

func TestTwoIdentitiesForOneAccountExactlyOneWins(t *testing.T) {
	d := newDesk(t)
	const rivalCase = "22222222-2222-4222-8222-222222222222"
	d.login("rival", boardKvK)
	d.open(rivalCase, "rival")
	d.pin(janeCase, d.mailPIN(d.prove()))
	rival := d.credentials(rivalCase, janeUsername, janePassword, "rival@regenboog.example")
	wantOutcome(t, rival, onboarding.Accepted)
	d.pin(rivalCase, d.mailPIN(rival.Mails[0]))

	barrier := make(chan struct{})
	outcomes := make(chan onboarding.Outcome, 2)
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
	if a, b := <-outcomes, <-outcomes; a == b || (a != onboarding.Taken && b != onboarding.Taken) {
		t.Errorf("outcomes %s and %s, want one accepted and one taken", a, b)
	}
	for table, want := range map[string]int{"persons": 1, "memberships": 1, "identities where person is not null": 1,
		"linkings where refusal = 'taken' and step = 'await_proof'": 1} {
		if n := d.count(`select count(*) from ` + table); n != want {
			t.Errorf("%d %s, want %d", n, table, want)
		}
	}
}

func TestOldPasswordIsDeadOnceLinkedAndAnswersLikeAnUnknownName(t *testing.T) {
	d := newDesk(t)
	d.pin(janeCase, d.mailPIN(d.prove()))
	_, err := do[Completed](d, d.CompleteLinking, Completion{Case: janeCase})
	noError(t, err)
	const otherCase = "22222222-2222-4222-8222-222222222222"
	d.login("other", boardKvK)
	d.open(otherCase, "other")
	linked := d.credentials(otherCase, janeUsername, janePassword, janeEmail)
	unknown := d.credentials(otherCase, "nobody", janePassword, janeEmail)
	if a, b := encode(t, linked), encode(t, unknown); a != b || linked.Verdict.Outcome != onboarding.WrongCredentials {
		t.Errorf("linked %s, unknown %s", a, b)
	}
}
