package activities

import (
	"context"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// SendAdditionNotice mails the person, or a representative of the institution, what was added. With the last of these
// the case is over.
func (a *Activities) SendAdditionNotice(ctx context.Context, job MailJob) (Sent, error) {
	sent, err := a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, now time.Time) (*composed, error) {
		message, err := a.additionNotice(ctx, tx, job)
		return &composed{message: message}, err
	})
	if err != nil {
		return sent, err
	}
	return sent, a.transact(ctx, func(tx *store.Tx, now time.Time) error { return finishAddition(ctx, tx, job.Case, now) })
}

func (a *Activities) additionNotice(ctx context.Context, tx *store.Tx, job MailJob) (mail.Message, error) {
	addition, err := tx.LockAddition(ctx, job.Case)
	if err != nil {
		return mail.Message{}, err
	}
	added, err := tx.Added(ctx, addition)
	if err != nil {
		return mail.Message{}, err
	}
	language := messages.ParseLanguage(addition.Language)
	link := mail.Link{At: added.Since, Name: added.Name, Code: added.Code}
	if job.Kind == onboarding.AddedNoticeMail {
		named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		message := a.Letters.AddedNotice(language, link)
		message.To = named.Recipient
		return message, err
	}
	person, err := tx.Person(ctx, addition.Person)
	write := a.Letters.Added
	if addition.Source == onboarding.FromApproval {
		write = a.Letters.AddedByApproval
	}
	message := write(language, link)
	message.To = person.Email
	return message, err
}

// finishAddition ends an addition whose mails have all been dealt with.
func finishAddition(ctx context.Context, tx *store.Tx, id string, now time.Time) error {
	addition, err := tx.LockAddition(ctx, id)
	if err != nil || addition.Step != onboarding.Notifying {
		return err
	}
	due, err := tx.MailsDue(ctx, id)
	if err != nil || due > 0 {
		return err
	}
	addition.Step, addition.Since = onboarding.Added, now
	return tx.SaveAddition(ctx, addition)
}
