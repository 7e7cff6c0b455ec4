package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// Completion asks to make the link of a case whose PIN has been confirmed.
type Completion struct {
	Case     string
	Deadline time.Time // of the case, should it have to go on with another account
}

// Completed tells whether the link was made: Accepted; Taken when somebody else got the account or the identity, or used
// the activation code, first; CodeEnded when the code was replaced. Then the case is back at its proof.
type Completed struct {
	Outcome onboarding.Outcome
	Mails   []MailJob
}

// CompleteLinking binds identity, account or activation code, person and institution in one transaction.
func (a *Activities) CompleteLinking(ctx context.Context, in Completion) (Completed, error) {
	var done Completed
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		l, err := tx.LockLinking(ctx, in.Case)
		if err != nil {
			return err
		}
		if l.Step != onboarding.Completing { // done before
			done, err = a.completed(ctx, tx, l)
			return err
		}
		p, ended, err := proven(ctx, tx, l)
		if err != nil {
			return err
		}
		identity, err := tx.Identity(ctx, l.Identity)
		if err != nil {
			return err
		}
		switch {
		case !p.UsedAt.IsZero() || identity.Person != "":
			done.Outcome = onboarding.Taken
		case ended:
			done.Outcome = onboarding.CodeEnded
		}
		if done.Outcome != "" {
			return backToProof(ctx, tx, l, done.Outcome, in.Deadline, now)
		}
		if err := a.link(ctx, tx, l, p, now); err != nil {
			return err
		}
		if err := tx.DeleteDraft(ctx, l.Identity); err != nil {
			return err
		}
		done, err = a.completed(ctx, tx, l)
		return err
	})
	return done, err
}

func (a *Activities) link(ctx context.Context, tx *store.Tx, l store.Linking, p proof, now time.Time) error {
	confirmed, err := tx.Confirmation(ctx, l.ID)
	if err != nil {
		return err
	}
	email, err := a.address(l.ID, confirmed.Generation, confirmed.Address)
	if err != nil {
		return err
	}
	person, err := tx.Link(ctx, p.bond(), l.Identity, store.Person{Email: email, Language: l.Language}, confirmed.Session, now)
	if err != nil {
		return err
	}
	if err := voidChanges(ctx, tx, l.Identity, now); err != nil {
		return err
	}
	if err := forgetProofs(ctx, tx, l, now); err != nil {
		return err
	}
	kinds := []onboarding.MailKind{onboarding.LinkedMail}
	if p.Owner != "" && !strings.EqualFold(string(p.Owner), string(email)) {
		kinds = append(kinds, onboarding.OwnerNoticeMail)
	}
	for _, kind := range kinds {
		if err := requestMail(ctx, tx, l.Case, store.Mail{Kind: kind, Number: 1, RequestedAt: now}); err != nil {
			return err
		}
	}
	if err := tellRepresentatives(ctx, tx, l, p, email, now); err != nil {
		return err
	}
	l.Step, l.Since = onboarding.Notifying, now
	if err := tx.SaveLinking(ctx, l); err != nil {
		return err
	}
	return tx.Audit(ctx, event(onboarding.CaseLinked, l.Case, now, map[string]any{"person": person, "account": p.Account, "code": p.Code, "institution": p.Institution}))
}

// tellRepresentatives names a mail to each representative who is not told of the link already.
func tellRepresentatives(ctx context.Context, tx *store.Tx, l store.Linking, p proof, person onboarding.Email, now time.Time) error {
	representatives, err := tx.Representatives(ctx, p.Institution)
	if err != nil {
		return err
	}
	told := []onboarding.Email{person, p.Owner}
	number := 0
	for _, email := range representatives {
		if slices.ContainsFunc(told, func(other onboarding.Email) bool { return strings.EqualFold(string(other), string(email)) }) {
			continue
		}
		number++
		notice := store.Mail{Kind: onboarding.RepresentativeNoticeMail, Number: number, RequestedAt: now, Recipient: email}
		if err := requestMail(ctx, tx, l.Case, notice); err != nil {
			return err
		}
	}
	return nil
}

// completed answers for a case that is past completing.
func (a *Activities) completed(ctx context.Context, tx *store.Tx, l store.Linking) (Completed, error) {
	done := Completed{Outcome: onboarding.Accepted}
	if l.Step == onboarding.AwaitProof {
		return Completed{Outcome: l.Refusal}, nil
	}
	for _, kind := range []onboarding.MailKind{onboarding.LinkedMail, onboarding.OwnerNoticeMail, onboarding.RepresentativeNoticeMail} {
		named, err := tx.Mails(ctx, l.ID, kind)
		if err != nil {
			return Completed{}, fmt.Errorf("confirmations: %w", err)
		}
		for _, mail := range named {
			done.Mails = append(done.Mails, MailJob{Case: l.ID, Kind: kind, Number: mail.Number})
		}
	}
	return done, nil
}
