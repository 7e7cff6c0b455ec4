package activities

import (
	"context"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// SendPIN mails a generation of the PIN. The clock of the PIN starts when a mail server has accepted it: the mail
// prints the end as it is if that happens now, and a repeat prints the end that already runs. A mail whose PIN was
// voided, or has ended, or whose case has moved on ends as superseded.
func (a *Activities) SendPIN(ctx context.Context, job MailJob) (Sent, error) {
	return a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, now time.Time) (*composed, error) {
		c, err := a.lockConfirming(ctx, tx, job.Case)
		if err != nil {
			return nil, err
		}
		pins, err := tx.PINs(ctx, job.Case)
		if err != nil {
			return nil, err
		}
		for _, pin := range pins {
			if pin.Generation == job.Generation && wanted(c, pin, now) {
				return a.composePIN(ctx, tx, c, pin, job, now)
			}
		}
		return nil, nil
	})
}

// wanted tells whether the person still waits for this PIN.
func wanted(c confirming, pin store.PIN, now time.Time) bool {
	awaited := c.Step == onboarding.MailingPIN || c.Step == onboarding.AwaitPIN
	ended := !pin.ExpiresAt.IsZero() && !now.Before(pin.ExpiresAt)
	return awaited && pin.VoidedAt.IsZero() && !ended
}

func (a *Activities) composePIN(ctx context.Context, tx *store.Tx, c confirming, pin store.PIN, job MailJob, now time.Time) (*composed, error) {
	address, err := a.address(c.ID, pin.Generation, pin.Address)
	if err != nil {
		return nil, err
	}
	code, err := a.derive(c, pin, address)
	if err != nil {
		return nil, err
	}
	requested, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
	if err != nil {
		return nil, err
	}
	until := pin.ExpiresAt
	if until.IsZero() {
		until = now.Add(onboarding.PINLife)
	}
	message := c.word(messages.ParseLanguage(c.Language), code, mail.PINTimes{Requested: requested.RequestedAt, ValidUntil: until})
	message.To = address
	return &composed{message, func(ctx context.Context, tx *store.Tx, at time.Time) error {
		return a.startPINClock(ctx, tx, job, at, until)
	}}, nil
}

func (a *Activities) startPINClock(ctx context.Context, tx *store.Tx, job MailJob, at, until time.Time) error {
	c, err := a.lockConfirming(ctx, tx, job.Case)
	if err != nil {
		return err
	}
	if err := tx.AcceptPIN(ctx, job.Case, job.Generation, at, until); err != nil {
		return err
	}
	if c.Step != onboarding.MailingPIN || c.Generation != job.Generation {
		return nil
	}
	c.Step, c.Since = onboarding.AwaitPIN, at
	return c.save(ctx, tx)
}
