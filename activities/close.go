package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// Closing ends a case without a link.
type Closing struct {
	Case string
	Step onboarding.Step // Expired or Cancelled
}

// CloseLinking ends the case: its PINs are void, what was handed over to it is gone, and nobody is asked any more.
func (a *Activities) CloseLinking(ctx context.Context, in Closing) error {
	return a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		l, err := tx.LockLinking(ctx, in.Case)
		if err != nil || l.Step.Over() {
			return err
		}
		l.Step, l.Since = in.Step, now
		if err := endProofs(ctx, tx, l, now); err != nil {
			return err
		}
		if err := tx.SaveLinking(ctx, l); err != nil {
			return err
		}
		return tx.Audit(ctx, event(onboarding.Event(in.Step), l.Case, now, nil))
	})
}

// endProofs is forgetProofs of a case that may await an approval: nobody is asked any more.
func endProofs(ctx context.Context, tx *store.Tx, l store.Linking, now time.Time) error {
	if err := forgetProofs(ctx, tx, l, now); err != nil {
		return err
	}
	return withdraw(ctx, tx, l.ID, now)
}

// forgetProofs leaves nothing of a case that ends that could still prove something: its PINs are void and what was
// handed over to it is gone.
func forgetProofs(ctx context.Context, tx *store.Tx, l store.Linking, now time.Time) error {
	if err := tx.VoidPINs(ctx, l.ID, l.Generation+1, now); err != nil {
		return err
	}
	return tx.ForgetHandovers(ctx, l.WorkflowID)
}

// Lapse is a proof that has not been followed by a PIN in time.
type Lapse struct {
	Case     string
	Deadline time.Time // of the case
}

// LapseProof asks the proof again and names the mail that reminds the person.
func (a *Activities) LapseProof(ctx context.Context, in Lapse) ([]MailJob, error) {
	var reminders []MailJob
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		l, err := tx.LockLinking(ctx, in.Case)
		if err != nil {
			return err
		}
		if l.Step == onboarding.AwaitProof || l.Step.Over() { // done before, or of no use any more
			reminders, err = lastReminder(ctx, tx, l)
			return err
		}
		if reminders, err = nameNotice(ctx, tx, l.Case, onboarding.ReminderMail, now); err != nil {
			return err
		}
		return backToProof(ctx, tx, l, "", in.Deadline, now)
	})
	return reminders, err
}

func lastReminder(ctx context.Context, tx *store.Tx, l store.Linking) ([]MailJob, error) {
	named, err := tx.Mails(ctx, l.ID, onboarding.ReminderMail)
	if err != nil || len(named) == 0 {
		return nil, err
	}
	return []MailJob{{Case: l.ID, Kind: onboarding.ReminderMail, Number: named[0].Number}}, nil
}

// backToProof takes a case back to its first step; refusal says why the last proof did not count.
func backToProof(ctx context.Context, tx *store.Tx, l store.Linking, refusal onboarding.Outcome, deadline, now time.Time) error {
	if err := tx.VoidPINs(ctx, l.ID, l.Generation+1, now); err != nil {
		return err
	}
	l.Step, l.Since, l.Deadline, l.Refusal = onboarding.AwaitProof, now, deadline, refusal
	l.Account, l.Code, l.Institution = "", "", ""
	if err := tx.SaveLinking(ctx, l); err != nil {
		return err
	}
	return tx.Audit(ctx, event(onboarding.ProofVoid, l.Case, now, map[string]any{"refusal": refusal}))
}
