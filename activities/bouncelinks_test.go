package activities

import (
	"testing"

	"koppel/onboarding"
)

// A link that works for a representative is waited for; one that was replaced or answered is noted only.
func TestLinkThatComesBackIsToldToTheCaseThatWaitsForIt(t *testing.T) {
	for name, test := range map[string]struct {
		happens func(*desk)
		waits   bool
	}{
		"waits":     {func(*desk) {}, true},
		"reminded":  {func(d *desk) { must(do[[]MailJob](d, d.RemindApproval, ApprovalTurn{addCase})) }, false},
		"withdrawn": {func(d *desk) { must(do[Checked](d, d.WithdrawApproval, Check{Case: addCase, Update: "w"})) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, asked := asksFor(t)
			d.send(asked.Mails, onboarding.ApprovalMail)
			test.happens(d)
			noted := twice[Noted](d, d.NoteBounce, back(asked.Mails[0]))
			if (noted.Workflow != "") != test.waits {
				t.Errorf("told is %q", noted.Workflow)
			}
			d.wantMail(asked.Mails[0], "bounced 5.1.1")
			if found, err := d.Store.MailOfToken(t.Context(), d.text(`select token from mails where kind = 'approval'`)); err != nil || found.Reference != "K3TF-9M2Q" {
				t.Errorf("the mail is found as %+v, %v", found, err)
			}
		})
	}
}

func TestResetLinkThatComesBackIsToldToItsRequest(t *testing.T) {
	d := newResets(t)
	job := d.forgets(resetCase, janeUsername).Mails[0]
	d.mailLink(job)
	if noted := twice[Noted](d, d.NoteBounce, back(job)); noted.Workflow == "" {
		t.Error("nobody is told")
	}
	d.wantMail(job, "bounced 5.1.1")
	if _, err := d.Store.MailOfToken(t.Context(), d.text(`select token from mails where kind = 'reset'`)); err != nil {
		t.Error(err)
	}
	must(do[any](d, d.CloseReset, Closing{Case: resetCase, Step: onboarding.Expired}))
	if noted := twice[Noted](d, d.NoteBounce, back(job)); noted.Workflow != "" {
		t.Errorf("told is %q, which is over", noted.Workflow)
	}
}
