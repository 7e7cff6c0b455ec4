package activities

import (
	"bytes"
	"context"
	"errors"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// errTokenChanged says that the token in a mail can no longer be derived as it was when the mail was named.
var errTokenChanged = errors.New("the token of the mail is another by now")

// SendApproval mails what an approval needs: the question, its reminder, the notice to the account's owner, and the
// answer. A question that was answered, or asked anew, ends as superseded.
func (a *Activities) SendApproval(ctx context.Context, job MailJob) (Sent, error) {
	return a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, now time.Time) (*composed, error) {
		named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
		if err != nil {
			return nil, err
		}
		asked, err := tx.Approval(ctx, job.Case, job.Generation)
		if err != nil {
			return nil, err
		}
		question := job.Kind == onboarding.ApprovalMail || job.Kind == onboarding.ApprovalReminderMail
		if question && (asked.Decision != "" || named.Link == nil || !now.Before(asked.ExpiresAt)) {
			return nil, nil
		}
		message, err := a.approvalLetter(ctx, tx, asked, named, job)
		return &composed{message: message}, err
	})
}

func (a *Activities) approvalLetter(ctx context.Context, tx *store.Tx, asked store.ApprovalAsked, named store.Mail, job MailJob) (message mail.Message, err error) {
	language := messages.ParseLanguage(asked.Language)
	to := named.Recipient
	question := mail.Question{At: asked.RequestedAt, Until: asked.ExpiresAt, Name: asked.Name, Code: asked.Institution,
		Ground: asked.Ground, Organisation: asked.Organisation, KvK: asked.KvK}
	adds := asked.Kind == onboarding.AdditionCase
	switch decided := asked.DecidedAt.Time; {
	case job.Kind == onboarding.AskedMail:
		message = a.Letters.Asked(language, question)
	case job.Kind == onboarding.ApprovedMail:
		message = a.Letters.Approved(language, decided, decided.Add(onboarding.ProofGood))
	case job.Kind == onboarding.NotApprovedMail && adds:
		message = a.Letters.NotApprovedFor(language, question, decided)
	case job.Kind == onboarding.NotApprovedMail:
		message = a.Letters.NotApproved(language, decided)
	case job.Kind == onboarding.NotAnsweredMail && adds:
		message = a.Letters.NotAnsweredFor(language, question)
	case job.Kind == onboarding.NotAnsweredMail:
		message = a.Letters.NotAnswered(language, asked.RequestedAt)
	default:
		if question.Link, err = a.approvalLink(asked.Approval, named, job); err != nil {
			return mail.Message{}, err
		}
		message = a.Letters.Approval(language, question, job.Kind == onboarding.ApprovalReminderMail)
	}
	if to == "" {
		to, err = a.waiting(ctx, tx, asked.Approval)
	}
	message.To = to
	return message, err
}

// waiting is where whoever waits reads mail: at the address that was typed, or at the confirmed one, which may have
// changed since.
func (a *Activities) waiting(ctx context.Context, tx *store.Tx, asked store.Approval) (onboarding.Email, error) {
	if asked.Kind != onboarding.AdditionCase {
		return a.approvalAddress(asked)
	}
	addition, err := tx.LockAddition(ctx, asked.Case)
	if err != nil {
		return "", err
	}
	person, err := tx.Person(ctx, addition.Person)
	return person.Email, err
}

// approvalLink derives the address in a question again, as it was when its mail was named.
func (a *Activities) approvalLink(asked store.Approval, named store.Mail, job MailJob) (string, error) {
	token, err := a.approvalToken(asked, job)
	if err == nil && !bytes.Equal(linkOf(token), named.Link) {
		err = errTokenChanged
	}
	return onboarding.ApprovalLink.Address(a.PublicURL, token), err
}
