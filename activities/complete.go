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
// AskAgain: something else has ended the case.
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
		case p.Spent || identity.Person != "":
			done.Outcome = onboarding.Taken
		case ended:
			done.Outcome = onboarding.CodeEnded
		default:
			done.Outcome, err = a.link(ctx, tx, l, p, identity, now)
		}
		if err != nil {
			return err
		}
		if done.Outcome != onboarding.Accepted {
			return backToProof(ctx, tx, l, done.Outcome, in.Deadline, now)
		}
		if err := tx.DeleteDraft(ctx, l.Identity); err != nil {
			return err
		}
		done, err = a.completed(ctx, tx, l)
		return err
	})
	return done, err
}

// link makes the link, unless somebody has come to hold the credential since it was proved: Taken.
func (a *Activities) link(ctx context.Context, tx *store.Tx, l store.Linking, p proof, identity store.Identity, now time.Time) (onboarding.Outcome, error) {
	confirmed, err := tx.Confirmation(ctx, l.ID)
	if err != nil {
		return "", err
	}
	email, err := a.address(l.ID, confirmed.Generation, confirmed.Address)
	if err != nil {
		return "", err
	}
	may, held, how, err := admitted(ctx, tx, l, p, identity, email)
	if err != nil || !may {
		return onboarding.Taken, err
	}
	person := store.Person{Email: email, Language: l.Language}
	if how == joins {
		person.ID = held.Person
	}
	if person.ID, err = tx.Link(ctx, p.bond(), l.Identity, person, confirmed.Session, now); err != nil {
		return "", err
	}
	return onboarding.Accepted, a.linked(ctx, tx, l, p, person, held, now)
}

// linked voids what was open before the link, and tells everybody concerned. held is who held the credential before.
func (a *Activities) linked(ctx context.Context, tx *store.Tx, l store.Linking, p proof, person store.Person, held store.Holder, now time.Time) error {
	if _, err := void(ctx, tx, l.Identity, now, tx.VoidEmailChanges); err != nil {
		return err
	}
	if err := forgetProofs(ctx, tx, l, now); err != nil {
		return err
	}
	if err := requestMail(ctx, tx, l.Case, store.Mail{Kind: onboarding.LinkedMail, Number: 1, RequestedAt: now}); err != nil {
		return err
	}
	told := []onboarding.Email{person.Email}
	for _, owner := range []onboarding.Email{p.Owner, held.Email} { // who held it before is told as well
		if owner == "" || isAmong(told, owner) {
			continue
		}
		notice := store.Mail{Kind: onboarding.OwnerNoticeMail, Number: len(told), RequestedAt: now, Recipient: owner}
		if err := requestMail(ctx, tx, l.Case, notice); err != nil {
			return err
		}
		told = append(told, owner)
	}
	if err := tellRepresentatives(ctx, tx, l, p, told, now); err != nil {
		return err
	}
	l.Step, l.Since = onboarding.Notifying, now
	if err := tx.SaveLinking(ctx, l); err != nil {
		return err
	}
	return tx.Audit(ctx, event(onboarding.CaseLinked, l.Case, now, map[string]any{
		"person": person.ID, "account": p.Account, "code": p.Code, "institution": p.Institution, "before": held.Person}))
}

// tellRepresentatives names a mail to each representative who is not told of the link already.
func tellRepresentatives(ctx context.Context, tx *store.Tx, l store.Linking, p proof, told []onboarding.Email, now time.Time) error {
	representatives, err := tx.Representatives(ctx, p.Institution)
	if err != nil {
		return err
	}
	number := 0
	for _, email := range representatives {
		if isAmong(told, email) {
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

func isAmong(list []onboarding.Email, email onboarding.Email) bool {
	return slices.ContainsFunc(list, func(other onboarding.Email) bool { return strings.EqualFold(string(other), string(email)) })
}

// completed answers for a case that is past completing.
func (a *Activities) completed(ctx context.Context, tx *store.Tx, l store.Linking) (Completed, error) {
	done := Completed{Outcome: onboarding.Accepted}
	switch l.Step {
	case onboarding.AwaitProof:
		return Completed{Outcome: l.Refusal}, nil
	case onboarding.Voided:
		return Completed{Outcome: onboarding.AskAgain}, nil
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
