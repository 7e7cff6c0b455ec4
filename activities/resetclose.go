package activities

import (
	"context"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// SendPasswordNotice tells a representative, or the address of the account, that a new password was chosen.
func (a *Activities) SendPasswordNotice(ctx context.Context, job MailJob) (Sent, error) {
	return a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, _ time.Time) (*composed, error) {
		r, err := tx.LockReset(ctx, job.Case)
		if err != nil {
			return nil, err
		}
		named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		if err != nil {
			return nil, err
		}
		name, err := tx.InstitutionName(ctx, r.Institution)
		if err != nil {
			return nil, err
		}
		write := a.Letters.PasswordChanged
		if job.Kind == onboarding.OwnPasswordMail {
			write = a.Letters.OwnPasswordChanged
		}
		message := write(messages.ParseLanguage(r.Language), mail.Link{At: named.RequestedAt, Name: name, Code: r.Institution})
		message.To = named.Recipient
		return &composed{message: message}, nil
	})
}

// CloseReset ends a request. Its links work no more.
func (a *Activities) CloseReset(ctx context.Context, in Closing) error {
	return a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		r, err := tx.LockReset(ctx, in.Case)
		if err != nil || r.Step.Over() {
			return err
		}
		r.Step, r.Since = in.Step, now
		if err := tx.SaveReset(ctx, r); err != nil {
			return err
		}
		return tx.Audit(ctx, event(onboarding.Event(in.Step), r.Case, now, nil))
	})
}
