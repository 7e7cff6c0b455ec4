package activities

import (
	"context"
	"errors"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// Bounce is a mail that came back after a mail server had accepted it.
type Bounce struct {
	MailJob
	Status string // enhanced status code (RFC 3463): 5.1.1
}

// Noted tells which workflow waits for a PIN or a link that came back; empty when nobody does.
type Noted struct {
	Workflow string
}

// errMailUnderWay is what Temporal keeps of a bounce that was reported before the acceptance of its mail was noted.
var errMailUnderWay = errors.New("the mail that came back is still being sent")

// NoteBounce writes down that a mail came back. It may concern a case that is over, a PIN that was replaced, or a mail
// that nobody waits for: then that is all. While the mail is still being sent it fails and is repeated: the
// activity that sends is about to write the same row.
func (a *Activities) NoteBounce(ctx context.Context, in Bounce) (Noted, error) {
	var noted Noted
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		mail, err := tx.Mail(ctx, in.Case, in.Kind, in.Number) // first the mail, then the case: as deliver does
		if err != nil {
			return err
		}
		c, err := a.lockConfirming(ctx, tx, in.Case)
		if onboarding.KindOf(err) == onboarding.NotFound { // a case of another kind: of its mails only links are waited for
			c, err = confirming{Case: &store.Case{ID: in.Case, Step: onboarding.Cancelled}}, nil
		}
		if err != nil {
			return err
		}
		if noted.Workflow, err = concerned(ctx, tx, *c.Case, mail, in.MailJob); err != nil || mail.State == onboarding.MailBounced {
			return err
		}
		givenUp := noted.Workflow == "" && (c.Step.Over() || in.Kind == onboarding.PINMail)
		if underWay(mail.State) && !givenUp {
			return errMailUnderWay
		}
		return bounced(ctx, tx, *c.Case, in, now)
	})
	return noted, err
}

// underWay tells whether a mail has yet to be accepted, or refused.
func underWay(state onboarding.MailState) bool {
	return state == onboarding.MailQueued || state == onboarding.MailLate
}

// concerned is the workflow of a case that waits for what is in this mail: the newest mail of a PIN that is awaited, or a
// link that works for a representative.
func concerned(ctx context.Context, tx *store.Tx, c store.Case, mail store.Mail, job MailJob) (string, error) {
	switch job.Kind {
	case onboarding.ApprovalMail, onboarding.ApprovalReminderMail:
		return concernedByQuestion(ctx, tx, mail, job)
	case onboarding.ResetMail, onboarding.ResetReminderMail:
		return concernedByReset(ctx, tx, job)
	}
	if job.Kind != onboarding.PINMail || c.Step != onboarding.MailingPIN && c.Step != onboarding.AwaitPIN {
		return "", nil
	}
	last, newest, err := newestMail(ctx, tx, c.ID)
	if err != nil || last.Number != job.Number || !newest.VoidedAt.IsZero() {
		return "", err
	}
	return c.WorkflowID, nil
}

func concernedByQuestion(ctx context.Context, tx *store.Tx, mail store.Mail, job MailJob) (string, error) {
	asked, err := tx.LockApproval(ctx, job.Case)
	if err != nil || asked.Decision != "" || asked.Number != job.Generation || mail.Link == nil {
		return "", ignore(err, onboarding.NotFound)
	}
	return asked.WorkflowID, nil
}

func concernedByReset(ctx context.Context, tx *store.Tx, job MailJob) (string, error) {
	r, err := tx.LockReset(ctx, job.Case)
	if err != nil || !awaitsPassword(r.Step) || r.Generation != job.Generation {
		return "", ignore(err, onboarding.NotFound)
	}
	return r.WorkflowID, nil
}

func bounced(ctx context.Context, tx *store.Tx, c store.Case, in Bounce, now time.Time) error {
	if err := tx.SetMailBounced(ctx, in.Case, in.Kind, in.Number, in.Status, now); err != nil {
		return err
	}
	return tx.Audit(ctx, event(onboarding.MailReturned, c, now, map[string]any{
		"kind": in.Kind, "number": in.Number, "generation": in.Generation, "status": in.Status}))
}
