package activities

import (
	"context"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// warnOnce names the mail that tells the present address of a change that has just begun. For other cases it names
// none.
func warnOnce(ctx context.Context, tx *store.Tx, c store.Case, now time.Time) ([]MailJob, error) {
	if c.Step != onboarding.AwaitAddress {
		return nil, nil
	}
	return nameNotice(ctx, tx, c, onboarding.ChangeAskedMail, now)
}

// SendChangeNotice mails what both addresses are told of a change. All but the confirmation go to the former address,
// and none names the other one: the reader may be somebody else. With the last mail of a change the case is over.
func (a *Activities) SendChangeNotice(ctx context.Context, job MailJob) (Sent, error) {
	sent, err := a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, now time.Time) (*composed, error) {
		change, err := tx.LockEmailChange(ctx, job.Case)
		if err != nil {
			return nil, err
		}
		named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		if err != nil {
			return nil, err
		}
		message, err := a.changeNotice(ctx, tx, change, job.Kind, named.RequestedAt)
		return &composed{message: message}, err
	})
	if err != nil {
		return sent, err
	}
	return sent, a.transact(ctx, func(tx *store.Tx, now time.Time) error { return finishChange(ctx, tx, job.Case, now) })
}

func (a *Activities) changeNotice(ctx context.Context, tx *store.Tx, change store.EmailChange, kind onboarding.MailKind, at time.Time) (mail.Message, error) {
	language := messages.ParseLanguage(change.Language)
	if kind == onboarding.ChangedMail {
		confirmed, err := tx.Confirmation(ctx, change.ID)
		if err != nil {
			return mail.Message{}, err
		}
		message := a.Letters.Changed(language, at)
		message.To, err = a.address(change.ID, confirmed.Generation, confirmed.Address)
		return message, err
	}
	message := map[onboarding.MailKind]func() mail.Message{
		onboarding.ChangeAskedMail:   func() mail.Message { return a.Letters.ChangeAsked(language, at) },
		onboarding.ChangedNoticeMail: func() mail.Message { return a.Letters.ChangedNotice(language, at) },
		onboarding.LockedMail:        func() mail.Message { return a.Letters.Locked(language, change.LockedUntil) },
	}[kind]()
	former, err := a.Records.Open(store.FormerAddress(change.ID), change.Former)
	message.To = onboarding.Email(former)
	return message, err
}

// finishChange ends a change whose mails have all been dealt with.
func finishChange(ctx context.Context, tx *store.Tx, caseID string, now time.Time) error {
	change, err := tx.LockEmailChange(ctx, caseID)
	if err != nil || change.Step != onboarding.Notifying {
		return err
	}
	due, err := tx.MailsDue(ctx, caseID)
	if err != nil || due > 0 {
		return err
	}
	change.Step, change.Since = onboarding.Changed, now
	return tx.SaveEmailChange(ctx, change)
}
