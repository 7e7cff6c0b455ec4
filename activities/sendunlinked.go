package activities

import (
	"context"
	"slices"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// SendUnlinked tells the person, or a representative, that an identity was unlinked. With the last of these mails the case
// is over.
func (a *Activities) SendUnlinked(ctx context.Context, job MailJob) (Sent, error) {
	sent, err := a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, now time.Time) (*composed, error) {
		u, err := tx.LockUnlinking(ctx, job.Case)
		if err != nil || u.Person == "" { // erased since: nobody is left to tell
			return nil, err
		}
		named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		if err != nil {
			return nil, err
		}
		message, err := a.unlinkLetter(ctx, tx, u, named, now)
		message.To = named.Recipient
		return &composed{message: message}, err
	})
	if err != nil {
		return sent, err
	}
	return sent, a.transact(ctx, func(tx *store.Tx, now time.Time) error { return finishUnlinking(ctx, tx, job.Case, now) })
}

func (a *Activities) unlinkLetter(ctx context.Context, tx *store.Tx, u store.Unlinking, named store.Mail, now time.Time) (mail.Message, error) {
	language := messages.ParseLanguage(u.Language)
	letter := mail.Unlinking{At: named.RequestedAt, Coded: u.Coded}
	ways, err := tx.WaysIn(ctx, u.Person, u.Identity, u.ProposedAt, now)
	if err != nil {
		return mail.Message{}, err
	}
	for _, way := range ways {
		of, err := tx.Representatives(ctx, way.Institution)
		if err != nil {
			return mail.Message{}, err
		}
		if named.Kind == onboarding.UnlinkedMail || slices.Contains(of, named.Recipient) {
			letter.Institutions = append(letter.Institutions, mail.Institution{Name: way.Name, Code: way.Institution})
		}
	}
	if named.Kind == onboarding.UnlinkedMail {
		return a.Letters.Unlinked(language, letter), nil
	}
	return a.Letters.UnlinkedNotice(language, letter), nil
}

// finishUnlinking ends the case when no mail is left to be sent.
func finishUnlinking(ctx context.Context, tx *store.Tx, id string, now time.Time) error {
	u, err := tx.LockUnlinking(ctx, id)
	if err != nil || u.Step != onboarding.Notifying {
		return err
	}
	due, err := tx.MailsDue(ctx, id)
	if err != nil || due > 0 {
		return err
	}
	u.Step, u.Since = onboarding.Unlinked, now
	return tx.SaveUnlinking(ctx, u)
}
