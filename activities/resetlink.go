package activities

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"time"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// nameResetLinks names a mail with a link of its own to each representative. Links that were mailed before work no
// longer.
func (a *Activities) nameResetLinks(ctx context.Context, tx *store.Tx, r *store.Reset, kind onboarding.MailKind, now time.Time) ([]MailJob, error) {
	representatives, err := tx.Representatives(ctx, r.Institution)
	if err != nil || len(representatives) == 0 {
		return nil, err
	}
	earlier, err := tx.Mails(ctx, r.ID, kind)
	if err != nil {
		return nil, err
	}
	r.Generation, r.KeyID = r.Generation+1, a.PINs.ActiveID()
	var jobs []MailJob
	for i, email := range representatives {
		job := MailJob{Case: r.ID, Kind: kind, Number: len(earlier) + i + 1, Generation: r.Generation}
		token, err := a.resetToken(*r, job)
		if err != nil {
			return nil, err
		}
		named := job.named(email, now)
		named.Link = linkOf(token)
		if err := requestMail(ctx, tx, r.Case, named); err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// resetToken derives the token in a mail to a representative: when the mail is named, and again when it is sent.
func (a *Activities) resetToken(r store.Reset, job MailJob) (string, error) {
	return a.PINs.Token(r.KeyID, "reset", r.ID, string(job.Kind), strconv.Itoa(job.Number))
}

// SendResetLink mails a link to a representative. Its day begins when a mail server has accepted the mail, and the mail
// prints its end. One whose request is over, or was asked anew, ends as superseded.
func (a *Activities) SendResetLink(ctx context.Context, job MailJob) (Sent, error) {
	return a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, now time.Time) (*composed, error) {
		r, err := tx.LockReset(ctx, job.Case)
		if err != nil || r.Generation != job.Generation || !awaitsPassword(r.Step) {
			return nil, err
		}
		message, err := a.resetLetter(ctx, tx, r, job, now)
		return &composed{message, func(ctx context.Context, tx *store.Tx, at time.Time) error {
			return resetLinkAccepted(ctx, tx, job, at)
		}}, err
	})
}

// awaitsPassword tells whether a request has links that work.
func awaitsPassword(step onboarding.Step) bool {
	return step == onboarding.MailingLink || step == onboarding.AwaitRepresentative
}

func (a *Activities) resetLetter(ctx context.Context, tx *store.Tx, r store.Reset, job MailJob, now time.Time) (mail.Message, error) {
	named, err := tx.Mail(ctx, job.Case, job.Kind, job.Number)
	if err != nil {
		return mail.Message{}, err
	}
	token, err := a.resetToken(r, job)
	if err == nil && !bytes.Equal(linkOf(token), named.Link) {
		err = errTokenChanged
	}
	if err != nil {
		return mail.Message{}, err
	}
	name, err := tx.InstitutionName(ctx, r.Institution)
	message := a.Letters.ResetLink(messages.ParseLanguage(r.Language), mail.ResetRequest{
		At: r.AskedAt, Name: name, Code: r.Institution, Link: onboarding.ResetLink.Address(a.PublicURL, token),
		Until: now.Add(onboarding.ResetLinkLife),
	}, job.Kind == onboarding.ResetReminderMail)
	message.To = named.Recipient
	return message, err
}

// resetLinkAccepted: with the first link that left, the representative's turn begins.
func resetLinkAccepted(ctx context.Context, tx *store.Tx, job MailJob, at time.Time) error {
	r, err := tx.LockReset(ctx, job.Case)
	if err != nil || r.Step != onboarding.MailingLink || r.Generation != job.Generation {
		return err
	}
	r.Step, r.Since = onboarding.AwaitRepresentative, at
	return tx.SaveReset(ctx, r)
}

// ResetTurn is a request whose representatives have not answered the links of a generation.
type ResetTurn struct {
	Case       string
	Generation int
}

// RemindReset asks the representatives once more, with other links. VoidRequest says that nobody needs to choose any
// more; NoRepresentative that there is nobody left to ask.
func (a *Activities) RemindReset(ctx context.Context, in ResetTurn) (checked Checked, err error) {
	err = a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		r, err := tx.LockReset(ctx, in.Case)
		if err != nil || !awaitsPassword(r.Step) && r.Step != onboarding.AwaitHelpdesk {
			return err
		}
		if r.Generation != in.Generation { // done before
			checked, err = reminded(ctx, tx, r)
			return err
		}
		if void, err := voidReset(ctx, tx, r); err != nil || void {
			checked = refuse(onboarding.VoidRequest)
			return err
		}
		kind := onboarding.ResetReminderMail
		if r.Generation == 0 { // nobody could be asked before
			kind = onboarding.ResetMail
		}
		checked.Mails, err = a.nameResetLinks(ctx, tx, &r, kind, now)
		if err != nil {
			return err
		}
		checked.Verdict.Outcome, r.Step, r.Since = onboarding.Accepted, onboarding.MailingLink, now
		if len(checked.Mails) == 0 {
			checked.Verdict.Outcome, r.Step = onboarding.NoRepresentative, onboarding.AwaitHelpdesk
		}
		if err := tx.SaveReset(ctx, r); err != nil {
			return err
		}
		return tx.Audit(ctx, event(onboarding.ResetReminded, r.Case, now, map[string]any{"mails": len(checked.Mails)}))
	})
	return checked, err
}

// reminded answers for links that have been named.
func reminded(ctx context.Context, tx *store.Tx, r store.Reset) (Checked, error) {
	named, err := newestLinks(ctx, tx, r)
	checked := Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}}
	for _, m := range named {
		checked.Mails = append(checked.Mails, MailJob{r.ID, m.Kind, m.Number, m.Generation})
	}
	return checked, err
}

// newestLinks are the mails with the links that work, in the order of their numbers.
func newestLinks(ctx context.Context, tx *store.Tx, r store.Reset) (newest []store.Mail, err error) {
	for _, kind := range []onboarding.MailKind{onboarding.ResetMail, onboarding.ResetReminderMail} {
		named, err := tx.Mails(ctx, r.ID, kind)
		if err != nil {
			return nil, err
		}
		for _, m := range slices.Backward(named) {
			if m.Generation == r.Generation {
				newest = append(newest, m)
			}
		}
	}
	return newest, nil
}

// voidReset tells whether none of the accounts that a request is for can get a password by it any more.
func voidReset(ctx context.Context, tx *store.Tx, r store.Reset) (bool, error) {
	var accounts []store.Account
	var err error
	if r.Account == "" {
		accounts, err = tx.AccountsOf(ctx, r.Institution)
	} else {
		var account store.Account
		account, err = tx.LockAccount(ctx, r.Account)
		accounts = []store.Account{account}
	}
	for _, account := range accounts {
		if !overtaken(account, r) {
			return false, err
		}
	}
	return true, err
}

// overtaken tells whether an account was linked, or got its password another way, after a request for one. A request
// that somebody made before an account was linked must not open it afterwards.
func overtaken(account store.Account, r store.Reset) bool {
	return account.PasswordEndedAt.Valid && account.PasswordEndedAt.Time.After(r.AskedAt)
}
