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
		l, err := tx.LockLinking(ctx, job.Case)
		if err != nil {
			return nil, err
		}
		pins, err := tx.PINs(ctx, job.Case)
		if err != nil {
			return nil, err
		}
		for _, pin := range pins {
			if pin.Generation == job.Generation && wanted(l, pin, now) {
				return a.composePIN(ctx, tx, l, pin, job, now)
			}
		}
		return nil, nil
	})
}

// wanted tells whether the person still waits for this PIN.
func wanted(l store.Linking, pin store.PIN, now time.Time) bool {
	awaited := l.Step == onboarding.MailingPIN || l.Step == onboarding.AwaitPIN
	ended := !pin.ExpiresAt.IsZero() && !now.Before(pin.ExpiresAt)
	return awaited && pin.VoidedAt.IsZero() && !ended
}

func (a *Activities) composePIN(ctx context.Context, tx *store.Tx, l store.Linking, pin store.PIN, job MailJob, now time.Time) (*composed, error) {
	address, err := a.address(l.ID, pin.Generation, pin.Address)
	if err != nil {
		return nil, err
	}
	code, err := a.derive(confirmingLink(&l), pin, address)
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
	message := a.Letters.PIN(messages.ParseLanguage(l.Language), code, mail.PINTimes{Requested: requested.RequestedAt, ValidUntil: until})
	message.To = address
	return &composed{message, func(ctx context.Context, tx *store.Tx, at time.Time) error {
		return startPINClock(ctx, tx, job, at, until)
	}}, nil
}

func startPINClock(ctx context.Context, tx *store.Tx, job MailJob, at, until time.Time) error {
	l, err := tx.LockLinking(ctx, job.Case)
	if err != nil {
		return err
	}
	if err := tx.AcceptPIN(ctx, job.Case, job.Generation, at, until); err != nil {
		return err
	}
	if l.Step != onboarding.MailingPIN || l.Generation != job.Generation {
		return nil
	}
	l.Step, l.Since = onboarding.AwaitPIN, at
	return tx.SaveLinking(ctx, l)
}
