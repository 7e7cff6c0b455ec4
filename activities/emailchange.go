package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"koppel/onboarding"
	"koppel/store"
)

// ChangeOpening is the first form of a change of address.
type ChangeOpening struct {
	Case      string
	Identity  string // that asks for it
	Person    string
	Reference onboarding.Reference
	Language  string
	At        time.Time
	Deadline  time.Time
}

// OpenEmailChange writes the row of the case, and keeps the address that the person has now: it is told what happens.
func (a *Activities) OpenEmailChange(ctx context.Context, in ChangeOpening) error {
	change := store.EmailChange{Person: in.Person, Case: store.Case{
		ID: in.Case, WorkflowID: activity.GetInfo(ctx).WorkflowExecution.ID, Identity: in.Identity,
		Reference: in.Reference, Language: in.Language, Step: onboarding.AwaitAddress, Since: in.At, Deadline: in.Deadline,
	}}
	return a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		person, err := tx.Person(ctx, in.Person)
		if err != nil {
			return err
		}
		change.Former, err = a.Records.Seal(store.FormerAddress(in.Case), []byte(person.Email))
		if err != nil {
			return err
		}
		return tx.OpenEmailChange(ctx, change)
	})
}

// CompleteEmailChange makes the proven address the person's, in one transaction with the end of their other sessions.
// Its outcome is AskAgain when the identity is not the person's any more: then the case is void.
func (a *Activities) CompleteEmailChange(ctx context.Context, in Completion) (Completed, error) {
	var done Completed
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		change, err := tx.LockEmailChange(ctx, in.Case)
		if err != nil {
			return err
		}
		if change.Step == onboarding.Completing {
			if err := a.changeEmail(ctx, tx, &change, now); err != nil {
				return err
			}
		}
		done, err = changed(ctx, tx, change)
		return err
	})
	return done, err
}

func (a *Activities) changeEmail(ctx context.Context, tx *store.Tx, change *store.EmailChange, now time.Time) error {
	confirmed, err := tx.Confirmation(ctx, change.ID)
	if err != nil {
		return err
	}
	email, err := a.address(change.ID, confirmed.Generation, confirmed.Address)
	if err != nil {
		return err
	}
	err = tx.ChangeEmail(ctx, change.Person, change.Identity, email, confirmed.Session)
	if onboarding.KindOf(err) == onboarding.NotFound {
		return endChange(ctx, tx, change, onboarding.Voided, now)
	}
	if err != nil {
		return err
	}
	for _, kind := range []onboarding.MailKind{onboarding.ChangedMail, onboarding.ChangedNoticeMail} {
		if err := requestMail(ctx, tx, change.Case, store.Mail{Kind: kind, Number: 1, RequestedAt: now}); err != nil {
			return err
		}
	}
	change.Step, change.Since = onboarding.Notifying, now
	if err := tx.Audit(ctx, event(onboarding.EmailChanged, change.Case, now, map[string]any{"person": change.Person})); err != nil {
		return err
	}
	return saveProven(ctx, tx, *change, now)
}

// changed answers for a case that is past completing.
func changed(ctx context.Context, tx *store.Tx, change store.EmailChange) (Completed, error) {
	done := Completed{Outcome: onboarding.Accepted}
	if change.Step == onboarding.Voided {
		return Completed{Outcome: onboarding.AskAgain}, nil
	}
	for _, kind := range []onboarding.MailKind{onboarding.ChangedMail, onboarding.ChangedNoticeMail} {
		done.Mails = append(done.Mails, MailJob{Case: change.ID, Kind: kind, Number: 1})
	}
	return done, nil
}

// CloseEmailChange ends the case without a change.
func (a *Activities) CloseEmailChange(ctx context.Context, in Closing) error {
	return a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		change, err := tx.LockEmailChange(ctx, in.Case)
		if err != nil || change.Step.Over() {
			return err
		}
		return endChange(ctx, tx, &change, in.Step, now)
	})
}

func endChange(ctx context.Context, tx *store.Tx, change *store.EmailChange, ending onboarding.Step, now time.Time) error {
	change.Step, change.Since = ending, now
	if err := tx.Audit(ctx, event(onboarding.Event(ending), change.Case, now, nil)); err != nil {
		return err
	}
	return saveProven(ctx, tx, *change, now)
}

// saveProven saves a case that needs no proof any more: its PINs are void and what was handed over to it is gone.
func saveProven(ctx context.Context, tx *store.Tx, change store.EmailChange, now time.Time) error {
	if err := tx.VoidPINs(ctx, change.ID, change.Generation+1, now); err != nil {
		return err
	}
	if err := tx.ForgetHandovers(ctx, change.WorkflowID); err != nil {
		return err
	}
	return tx.SaveEmailChange(ctx, change)
}
