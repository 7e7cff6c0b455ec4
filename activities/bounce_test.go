package activities

import (
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/onboarding"
)

func back(job MailJob) Bounce { return Bounce{job, "5.1.1"} }

func (d *desk) wantMail(job MailJob, want string) {
	d.t.Helper()
	got := d.text(`select concat_ws(' ', state, bounce_status) from mails where case_id = $1 and kind = $2 and number = $3`,
		job.Case, job.Kind, job.Number)
	if got != want {
		d.t.Errorf("mail is %q, want %q", got, want)
	}
}

func (d *desk) wantBouncesAudited(want int) {
	d.t.Helper()
	if n := d.count(`select count(*) from audit where event = 'mail.bounced'`); n != want {
		d.t.Errorf("%d audit events, want %d", n, want)
	}
}

func TestNoteBounceTwiceTellsTheCaseThatWaits(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	pin := d.mailPIN(job)
	if noted := twice[Noted](d, d.NoteBounce, back(job)); noted.Workflow != testWorkflowID {
		t.Errorf("noted %+v", noted)
	}
	d.wantMail(job, "bounced 5.1.1")
	d.wantBouncesAudited(1)
	d.wantStep(janeCase, onboarding.AwaitPIN)
	wantOutcome(t, d.pin(janeCase, pin), onboarding.Accepted)
}

func TestMailThatCameBackIsNotSentAgainByARepeat(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	d.mailPIN(job)
	twice[Noted](d, d.NoteBounce, back(job))
	if sent := twice[Sent](d, d.SendPIN, job); sent.State != onboarding.MailBounced || len(d.mails.Mails()) != 1 {
		t.Errorf("%+v, %d mails", sent, len(d.mails.Mails()))
	}
}

func TestAnotherAddressAfterABounceGetsANewPIN(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	old := d.mailPIN(job)
	twice[Noted](d, d.NoteBounce, back(job))
	changed, err := do[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": "j@elders.example", "language": "nl"}))
	noError(t, err)
	wantOutcome(t, changed, onboarding.Accepted)
	fresh := d.mailPIN(changed.Mails[0])
	wantOutcome(t, d.pin(janeCase, old), onboarding.ReplacedPIN)
	wantOutcome(t, d.pin(janeCase, fresh), onboarding.Accepted)
}

func TestANewPINCanBeAskedForAfterABounce(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	d.mailPIN(job)
	twice[Noted](d, d.NoteBounce, back(job))
	d.now = d.now.Add(20 * time.Minute)
	checked, err := do[Checked](d, d.RequestPIN, Check{Case: janeCase, Update: "again"})
	noError(t, err)
	wantOutcome(t, d.pin(janeCase, d.mailPIN(checked.Mails[0])), onboarding.Accepted)
}

// Bounces that nobody waits for are noted and disturb nobody.
func TestBouncesThatNobodyWaitsForAreNotedOnly(t *testing.T) {
	changeAddress := func(d *desk) {
		_, err := do[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": "j@elders.example"}))
		noError(d.t, err)
	}
	resend := func(d *desk) {
		d.now = d.now.Add(2 * time.Minute)
		_, err := do[Checked](d, d.RequestPIN, Check{Case: janeCase, Update: "again"})
		noError(d.t, err)
	}
	end := func(d *desk) {
		_, err := do[any](d, d.CloseLinking, Closing{Case: janeCase, Step: onboarding.Expired})
		noError(d.t, err)
	}
	lapse := func(d *desk) {
		_, err := do[[]MailJob](d, d.LapseProof, Lapse{Case: janeCase, Deadline: d.now.Add(time.Hour)})
		noError(d.t, err)
	}
	for name, happens := range map[string]func(*desk){
		"of an address given up": changeAddress, "of a mail that was repeated": resend, "of a case that has ended": end,
		"of a proof that lapsed": lapse,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			job := d.prove()
			d.mailPIN(job)
			happens(d)
			before := d.text(`select row(step, since, generation)::text from linkings where id = $1`, janeCase)
			if noted := twice[Noted](d, d.NoteBounce, back(job)); noted.Workflow != "" {
				t.Errorf("disturbs %+v", noted)
			}
			d.wantMail(job, "bounced 5.1.1")
			d.wantBouncesAudited(1)
			if after := d.text(`select row(step, since, generation)::text from linkings where id = $1`, janeCase); after != before {
				t.Errorf("the case was %s and is %s", before, after)
			}
		})
	}
}

func TestBounceOfAConfirmationIsNotedOnly(t *testing.T) {
	d := newDesk(t)
	d.pin(janeCase, d.mailPIN(d.prove()))
	done, err := do[Completed](d, d.CompleteLinking, Completion{Case: janeCase})
	noError(t, err)
	for _, job := range done.Mails {
		_, err := do[Sent](d, d.SendNotice, job)
		noError(t, err)
	}
	for _, job := range done.Mails {
		if noted := twice[Noted](d, d.NoteBounce, back(job)); noted.Workflow != "" {
			t.Errorf("disturbs %+v", noted)
		}
		d.wantMail(job, "bounced 5.1.1")
	}
	d.wantStep(janeCase, onboarding.Linked)
}

// A server that answers late may bounce a mail before its acceptance is known. The bounce waits for that, else the
// acceptance would be written over it.
func TestBounceWaitsForTheAcceptanceOfItsMail(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	d.mails.SetFault(mailtest.Fault{At: mailtest.Content, Drop: true, Times: 1})
	_, _ = do[Sent](d, d.SendPIN, job)
	if _, err := do[Noted](d, d.NoteBounce, back(job)); err == nil {
		t.Error("noted before the acceptance")
	}
	d.wantMail(job, "late")
	d.mailPIN(job)
	if noted := twice[Noted](d, d.NoteBounce, back(job)); noted.Workflow != testWorkflowID {
		t.Errorf("noted %+v", noted)
	}
	d.wantMail(job, "bounced 5.1.1")
}

func TestBounceOfAMailThatWasGivenUpDoesNotWait(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	d.mails.SetFault(mailtest.Fault{At: mailtest.Content, Drop: true, Times: 1})
	_, _ = do[Sent](d, d.SendPIN, job)
	_, err := do[Checked](d, d.ChangeAddress, d.hand(janeCase, map[string]any{"email": "j@elders.example"}))
	noError(t, err)
	twice[Noted](d, d.NoteBounce, back(job))
	d.wantMail(job, "bounced 5.1.1")
}

func TestMailIsFoundByTheTokenItLeftUnder(t *testing.T) {
	d := newDesk(t)
	job := d.prove()
	d.mails.SetFault(mailtest.Fault{At: mailtest.Content, Drop: true, Times: 1})
	_, _ = do[Sent](d, d.SendPIN, job) // it may have arrived
	id, err := d.mails.Mails()[0].Header.MessageID()
	noError(t, err)
	found, err := d.Store.MailOfToken(t.Context(), id[:32])
	noError(t, err)
	if (MailJob{found.Case, found.Kind, found.Number, found.Generation}) != job || found.Reference != "K3TF-9M2Q" {
		t.Errorf("found %+v, want %+v", found, job)
	}
	if _, err := d.Store.MailOfToken(t.Context(), "0123456789abcdef0123456789abcdef"); onboarding.KindOf(err) != onboarding.NotFound {
		t.Errorf("a token of nobody: %v", err)
	}
}

// Ways to write one domain are one address to the limits.
func TestWaysToWriteADomainAreOneAddress(t *testing.T) {
	for _, other := range []onboarding.Email{"jan@ÉÉN.example", "JAN@xn--n-9faa.example", "jan@één。example", "jan@één.ｅxample"} {
		if fold(other) != fold("jan@één.example") {
			t.Errorf("%s folds to %s, want %s", other, fold(other), fold("jan@één.example"))
		}
	}
}
