package activities

import (
	"cmp"
	"context"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"koppel/onboarding"
	"koppel/store"
)

// AdditionOpening is what starts an addition. Person is a random id.
type AdditionOpening struct {
	Opening
	Person      string
	Institution onboarding.InstitutionCode
}

// OpenAddition writes the row of the case, so that the pages can show it.
func (a *Activities) OpenAddition(ctx context.Context, in AdditionOpening) error {
	row := store.Addition{Person: in.Person, Institution: in.Institution, Case: store.Case{
		ID: in.Case, WorkflowID: activity.GetInfo(ctx).WorkflowExecution.ID, Identity: in.Identity,
		Reference: in.Reference, Language: in.Language, Step: onboarding.AwaitProof, Since: in.At, Deadline: in.Deadline,
	}}
	return a.transact(ctx, func(tx *store.Tx, now time.Time) error { return tx.OpenAddition(ctx, row) })
}

// CompleteAddition lets the person act for the institution, in one transaction with everything that follows from it.
// Taken: somebody else got the account first. InstitutionEnded: it has closed meanwhile. Then the case is back at its
// proof.
func (a *Activities) CompleteAddition(ctx context.Context, in Completion) (Completed, error) {
	var done Completed
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		addition, err := tx.LockAddition(ctx, in.Case)
		if err != nil {
			return err
		}
		if addition.Step != onboarding.Completing { // done before
			done, err = addedBefore(ctx, tx, addition)
			return err
		}
		outcome, err := tx.Add(ctx, addition, now)
		if err != nil {
			return err
		}
		if outcome != onboarding.Accepted {
			done.Outcome = outcome
			return proveAgain(ctx, tx, addition, outcome, in.Deadline, now)
		}
		if err := nameAdded(ctx, tx, addition, now); err != nil {
			return err
		}
		done, err = addedBefore(ctx, tx, addition)
		return err
	})
	return done, err
}

// nameAdded writes that the institution is added and names the mails about it.
func nameAdded(ctx context.Context, tx *store.Tx, addition store.Addition, now time.Time) error {
	addition.Step, addition.Since, addition.Refusal = onboarding.Notifying, now, ""
	if err := tx.SaveAddition(ctx, addition); err != nil {
		return err
	}
	if err := tx.ForgetHandovers(ctx, addition.WorkflowID); err != nil {
		return err
	}
	if err := requestMail(ctx, tx, addition.Case, store.Mail{Kind: onboarding.AddedMail, Number: 1, RequestedAt: now}); err != nil {
		return err
	}
	if err := nameAddedNotices(ctx, tx, addition, now); err != nil {
		return err
	}
	return tx.Audit(ctx, event(onboarding.CaseAdded, addition.Case, now, map[string]any{
		"person": addition.Person, "institution": addition.Institution, "source": addition.Source}))
}

// nameAddedNotices tells the representatives of the institution, but for the person, who may be one.
func nameAddedNotices(ctx context.Context, tx *store.Tx, addition store.Addition, now time.Time) error {
	person, err := tx.Person(ctx, addition.Person)
	if err != nil {
		return err
	}
	representatives, err := tx.Representatives(ctx, addition.Institution)
	if err != nil {
		return err
	}
	number := 0
	for _, recipient := range representatives {
		if strings.EqualFold(string(recipient), string(person.Email)) {
			continue
		}
		number++
		notice := store.Mail{Kind: onboarding.AddedNoticeMail, Number: number, RequestedAt: now, Recipient: recipient}
		if err := requestMail(ctx, tx, addition.Case, notice); err != nil {
			return err
		}
	}
	return nil
}

// addedBefore answers for a case that is past completing.
func addedBefore(ctx context.Context, tx *store.Tx, addition store.Addition) (Completed, error) {
	if addition.Step == onboarding.AwaitProof {
		return Completed{Outcome: cmp.Or(addition.Refusal, onboarding.AlreadyAdded)}, nil
	}
	if addition.Step == onboarding.Voided {
		return Completed{Outcome: onboarding.AskAgain}, nil
	}
	done := Completed{Outcome: onboarding.Accepted}
	for _, kind := range []onboarding.MailKind{onboarding.AddedMail, onboarding.AddedNoticeMail} {
		named, err := tx.Mails(ctx, addition.ID, kind)
		if err != nil {
			return Completed{}, err
		}
		for _, mail := range named {
			done.Mails = append(done.Mails, MailJob{Case: addition.ID, Kind: kind, Number: mail.Number})
		}
	}
	return done, nil
}

// proveAgain takes a case back to its first step; refusal says why what was shown did not count.
func proveAgain(ctx context.Context, tx *store.Tx, addition store.Addition, refusal onboarding.Outcome, deadline, now time.Time) error {
	addition.Step, addition.Since, addition.Deadline, addition.Refusal = onboarding.AwaitProof, now, deadline, refusal
	addition.Source, addition.Account, addition.Code = "", "", ""
	if err := tx.SaveAddition(ctx, addition); err != nil {
		return err
	}
	return tx.Audit(ctx, event(onboarding.ProofVoid, addition.Case, now, map[string]any{"refusal": refusal}))
}

// CloseAddition ends the case without adding anything: what was handed over to it is gone, and nobody is
// asked any more.
func (a *Activities) CloseAddition(ctx context.Context, in Closing) error {
	return a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		addition, err := tx.LockAddition(ctx, in.Case)
		if err != nil || addition.Step.Over() {
			return err
		}
		addition.Step, addition.Since = in.Step, now
		if err := tx.ForgetHandovers(ctx, addition.WorkflowID); err != nil {
			return err
		}
		if err := withdraw(ctx, tx, addition.ID, now); err != nil {
			return err
		}
		if err := tx.SaveAddition(ctx, addition); err != nil {
			return err
		}
		return tx.Audit(ctx, event(onboarding.Event(in.Step), addition.Case, now, nil))
	})
}
