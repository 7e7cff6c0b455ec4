package activities

import (
	"cmp"
	"context"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// SendNotice mails what a person is told without being asked for anything: linked, owner and representative
// notice, reminder, locked.
// With the last confirmation of a link the case is over.
func (a *Activities) SendNotice(ctx context.Context, job MailJob) (Sent, error) {
	sent, err := a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, now time.Time) (*composed, error) {
		l, err := tx.LockLinking(ctx, job.Case)
		if err != nil {
			return nil, err
		}
		message, err := a.notice(ctx, tx, l, job)
		return &composed{message: message}, err
	})
	if err != nil {
		return sent, err
	}
	return sent, a.transact(ctx, func(tx *store.Tx, now time.Time) error { return finishLinking(ctx, tx, job.Case, now) })
}

func (a *Activities) notice(ctx context.Context, tx *store.Tx, l store.Linking, job MailJob) (mail.Message, error) {
	language := messages.ParseLanguage(l.Language)
	switch job.Kind {
	case onboarding.LinkedMail, onboarding.OwnerNoticeMail, onboarding.RepresentativeNoticeMail:
		return a.linkNotice(ctx, tx, l, job)
	case onboarding.ReminderMail:
		opened := l.Deadline.Add(-onboarding.LinkingOpen)
		return a.toNewestAddress(ctx, tx, l, a.Letters.Reminder(language, mail.ReminderTimes{Started: opened, OpenUntil: l.Deadline}))
	}
	return a.toNewestAddress(ctx, tx, l, a.Letters.Locked(language, l.LockedUntil))
}

func (a *Activities) linkNotice(ctx context.Context, tx *store.Tx, l store.Linking, job MailJob) (mail.Message, error) {
	p, _, err := proven(ctx, tx, l)
	if err != nil {
		return mail.Message{}, err
	}
	link := mail.Link{At: p.UsedAt, Name: p.Name, Code: p.Institution}
	language := messages.ParseLanguage(l.Language)
	switch job.Kind {
	case onboarding.OwnerNoticeMail:
		named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		message := a.Letters.OwnerNotice(language, link)
		message.To = cmp.Or(named.Recipient, p.Owner)
		return message, err
	case onboarding.RepresentativeNoticeMail:
		named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		message := a.Letters.RepresentativeNotice(language, link)
		message.To = named.Recipient
		return message, err
	}
	confirmed, err := tx.Confirmation(ctx, l.ID)
	if err != nil {
		return mail.Message{}, err
	}
	message := a.Letters.Linked(language, link)
	message.To, err = a.address(l.ID, confirmed.Generation, confirmed.Address)
	return message, err
}

func (a *Activities) toNewestAddress(ctx context.Context, tx *store.Tx, l store.Linking, message mail.Message) (mail.Message, error) {
	_, newest, err := newestMail(ctx, tx, l.ID)
	if err != nil {
		return mail.Message{}, err
	}
	message.To, err = a.address(l.ID, newest.Generation, newest.Address)
	return message, err
}

// nameNotice names the next mail of a kind.
func nameNotice(ctx context.Context, tx *store.Tx, c store.Case, kind onboarding.MailKind, now time.Time) ([]MailJob, error) {
	earlier, err := tx.Mails(ctx, c.ID, kind)
	if err != nil {
		return nil, err
	}
	job := MailJob{Case: c.ID, Kind: kind, Number: len(earlier) + 1}
	return []MailJob{job}, requestMail(ctx, tx, c, store.Mail{Kind: kind, Number: job.Number, RequestedAt: now})
}

// finishLinking ends a link whose confirmations have all been dealt with.
func finishLinking(ctx context.Context, tx *store.Tx, linking string, now time.Time) error {
	l, err := tx.LockLinking(ctx, linking)
	if err != nil || l.Step != onboarding.Notifying {
		return err
	}
	due, err := tx.MailsDue(ctx, linking)
	if err != nil || due > 0 {
		return err
	}
	l.Step, l.Since = onboarding.Linked, now
	return tx.SaveLinking(ctx, l)
}
