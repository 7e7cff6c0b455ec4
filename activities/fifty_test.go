package activities

import (
	"context"
	"strings"
	"sync"
	"testing"

	"koppel/onboarding"
)

// fiftyAtOnce hands one form to an activity fifty times at the same moment (threat T9), and returns the one answer. Those
// that came too late, or that the database made wait too long, would be tried again.
func (d *desk) fiftyAtOnce(judge func(context.Context, Check) (Checked, error), in Check) Checked {
	d.t.Helper()
	results := make(chan string, 50)
	var all sync.WaitGroup
	for range cap(results) {
		all.Go(func() {
			checked, err := do[Checked](d, judge, in)
			if err != nil && !strings.Contains(err.Error(), "outcomes_pkey") && !strings.Contains(err.Error(), "retryable: true") {
				d.t.Error(err)
			}
			if err == nil {
				results <- encode(d.t, checked)
			}
		})
	}
	all.Wait()
	again, err := do[Checked](d, judge, in)
	noError(d.t, err)
	close(results)
	for other := range results {
		if want := encode(d.t, again); other != want {
			d.t.Errorf("%s and %s", other, want)
		}
	}
	return again
}

func TestFiftyEqualCodeFormsAreJudgedOnce(t *testing.T) {
	d := newDesk(t)
	wantOutcome(t, d.fiftyAtOnce(d.CheckActivationCode, d.handCode(janeCase, d.newSchool())), onboarding.Accepted)
	d.want(1, `pins`)
	d.want(1, `audit where event = 'proof.right'`)
}

func TestFiftyEqualAnswersOfARepresentativeDecideOnce(t *testing.T) {
	d, asked := asks(t, schoolHead)
	token := tokenIn(t, d.send(asked.Mails, onboarding.ApprovalMail)[0])
	in := d.hand(koosCase, map[string]any{"token": token, "decision": onboarding.Approved})
	wantOutcome(t, d.fiftyAtOnce(d.DecideApproval, in), onboarding.Accepted)
	d.want(1, `pins`)
	d.want(1, `audit where event = 'approval.approved'`)
}

func TestFiftyEqualNewPasswordsAreSavedOnce(t *testing.T) {
	d := newResets(t)
	in := d.hand(resetCase, map[string]any{"account": janeUsername, "identity": jane, "language": "nl"})
	asked := d.fiftyAtOnce(d.RequestReset, in)
	wantAnswer(t, asked, onboarding.Accepted, 1)
	chosen := d.hand(resetCase, map[string]any{"token": d.mailLink(asked.Mails[0]), "password": newPassword})
	wantAnswer(t, d.fiftyAtOnce(d.SetPassword, chosen), onboarding.Accepted, 2)
	d.want(1, `audit where event = 'password.reset'`)
}
