package activities

import (
	"context"
	"errors"
	"strconv"
	"time"

	"koppel/mail"
	"koppel/onboarding"
	"koppel/store"
)

// MailJob names one mail of a case. Sending it twice sends the same words under the same Message-ID.
type MailJob struct {
	Case       string
	Kind       onboarding.MailKind
	Number     int // 1, 2, … within the kind
	Generation int // of the PIN in it; 0 for other kinds
}

// Sent is what became of a mail for good. A mail server that is away is not an answer but an error: it is repeated.
type Sent struct {
	State onboarding.MailState // MailSent, MailRefused, MailSuperseded or MailBounced
	Code  int                  // SMTP reply of a refusal
}

// errMailDelayed is what Temporal keeps of a failed attempt.
var errMailDelayed = errors.New("the mail server did not take the mail yet")

// composed is a mail that is ready to go, and what to write in the transaction that notes its acceptance.
type composed struct {
	message  mail.Message
	accepted func(ctx context.Context, tx *store.Tx, at time.Time) error
}

// deliver sends a mail of a case unless that has been done. compose returns nil for a mail that has been overtaken.
func (a *Activities) deliver(ctx context.Context, job MailJob,
	compose func(context.Context, *store.Tx, time.Time) (*composed, error)) (Sent, error) {
	var letter *composed
	var before store.Mail
	token := a.Lookup.Hash("mail", job.Case, string(job.Kind), strconv.Itoa(job.Number))
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) (err error) {
		if before, err = tx.Mail(ctx, job.Case, job.Kind, job.Number); err != nil || final(before.State) {
			return err
		}
		if letter, err = compose(ctx, tx, now); err != nil {
			return err
		}
		if letter != nil {
			return tx.SetMailToken(ctx, job.Case, job.Kind, job.Number, token)
		}
		before.State = onboarding.MailSuperseded
		return tx.SetMailState(ctx, job.Case, job.Kind, job.Number, before.State, 0, now)
	})
	if err != nil || letter == nil {
		return Sent{State: before.State}, err
	}
	letter.message.ID = token
	return a.note(context.WithoutCancel(ctx), job, letter, a.Sender.Send(ctx, letter.message))
}

// note writes down what the mail server said.
func (a *Activities) note(ctx context.Context, job MailJob, letter *composed, failure error) (Sent, error) {
	sent := Sent{State: onboarding.MailSent}
	var refusal *mail.Refusal
	switch {
	case errors.As(failure, &refusal):
		sent = Sent{State: onboarding.MailRefused, Code: refusal.Code}
	case failure != nil:
		sent.State = onboarding.MailLate
		a.Log.WarnContext(ctx, "mail delayed", "case", job.Case, "kind", job.Kind, "number", job.Number, "error", failure)
	}
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		before, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		if err != nil || final(before.State) { // noted by an attempt that ran beside this one
			return err
		}
		if err := tx.SetMailState(ctx, job.Case, job.Kind, job.Number, sent.State, sent.Code, now); err != nil {
			return err
		}
		if err := auditMail(ctx, tx, job, sent, now); err != nil {
			return err
		}
		if sent.State == onboarding.MailSent && letter.accepted != nil {
			return letter.accepted(ctx, tx, now)
		}
		return nil
	})
	if err == nil && sent.State == onboarding.MailLate {
		return Sent{}, errMailDelayed
	}
	return sent, err
}

// requestMail names a mail that is to be sent and audits it.
func requestMail(ctx context.Context, tx *store.Tx, c store.Case, m store.Mail) error {
	if err := tx.RequestMail(ctx, c.ID, m); err != nil {
		return err
	}
	return tx.Audit(ctx, event(onboarding.MailRequested, c, m.RequestedAt, map[string]any{"kind": m.Kind, "number": m.Number}))
}

// settled are the names under which the audit has what became of a mail.
var settled = map[onboarding.MailState]onboarding.Event{
	onboarding.MailSent: onboarding.MailAccepted, onboarding.MailRefused: onboarding.MailTurnedDown,
}

// auditMail tells what became of a mail, once for good.
func auditMail(ctx context.Context, tx *store.Tx, job MailJob, sent Sent, now time.Time) error {
	name, told := settled[sent.State]
	if !told {
		return nil
	}
	detail := map[string]any{"kind": job.Kind, "number": job.Number}
	if sent.Code != 0 {
		detail["code"] = sent.Code
	}
	return tx.Audit(ctx, store.Event{At: now, Name: name, Case: job.Case, Detail: detail})
}

// final tells which states sending does not leave. A refused mail is sent again when somebody asks for it; one that
// came back is not: its PIN has mostly ended by then, and whoever asks gets another mail.
func final(state onboarding.MailState) bool {
	return state == onboarding.MailSent || state == onboarding.MailSuperseded || state == onboarding.MailBounced
}
