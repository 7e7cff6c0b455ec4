package activities

import (
	"context"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// NoticeJob names the notice of one change in the registers to one person.
type NoticeJob struct {
	Notice string
}

// SendRegisterNotice mails a person what changed for an institution, once. A notice whose person has been erased is
// superseded.
func (a *Activities) SendRegisterNotice(ctx context.Context, in NoticeJob) (Sent, error) {
	job := MailJob{Case: in.Notice, Kind: onboarding.RegisterMail, Number: 1}
	settled, err := a.nameRegisterMail(ctx, job)
	if err != nil || settled.State != "" {
		return settled, err
	}
	sent, err := a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, _ time.Time) (*composed, error) {
		notice, err := tx.LockNotice(ctx, job.Case)
		if onboarding.KindOf(err) == onboarding.NotFound {
			return nil, nil
		}
		return &composed{message: a.registerLetter(notice)}, err
	})
	if err != nil {
		return sent, err
	}
	return sent, a.transact(ctx, func(tx *store.Tx, now time.Time) error { return tx.SettleNotice(ctx, job.Case, now) })
}

// nameRegisterMail names the mail; its state is not empty when nothing is left to do.
func (a *Activities) nameRegisterMail(ctx context.Context, job MailJob) (settled Sent, err error) {
	err = a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		notice, err := tx.LockNotice(ctx, job.Case)
		if onboarding.KindOf(err) == onboarding.NotFound {
			settled.State = onboarding.MailSuperseded
			return nil
		}
		if err != nil {
			return err
		}
		if !notice.SettledAt.Valid {
			return tx.RequestMail(ctx, job.Case, store.Mail{Kind: job.Kind, Number: job.Number, RequestedAt: now})
		}
		settled.State = onboarding.MailSent
		named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		if onboarding.KindOf(err) == onboarding.NotFound { // swept since
			return nil
		}
		settled.State = named.State
		return err
	})
	return settled, err
}

func (a *Activities) registerLetter(notice store.Notice) mail.Message {
	message := a.Letters.Register(messages.ParseLanguage(notice.Language), mail.RegisterChange{
		Kind: notice.Kind, Name: notice.Name, Code: notice.Institution,
		OtherName: notice.OtherName, Other: notice.Other, On: notice.EffectiveOn.Time,
	})
	message.To = notice.Email
	return message
}
