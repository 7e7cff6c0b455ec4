package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"koppel/onboarding"
	"koppel/store"
)

// Check asks for a judgement of something that a person submitted.
type Check struct {
	Case     string
	Handover string // id of the sealed form input; empty where the form has none
	Update   string // id of the update: the same update always gets the same answer
}

// Checked is the judgement, and what the workflow has to do because of it.
type Checked struct {
	Verdict      onboarding.Verdict
	Institutions []onboarding.InstitutionCode // of the proven account: school and board
	Mails        []MailJob                    // to be sent
	Over         bool                         // something else has ended the case
	Voided       []string                     `json:",omitempty"` // workflows of cases that ended with this
	Decision     onboarding.Decision          `json:",omitempty"` // that an approval got
}

func refuse(outcome onboarding.Outcome) Checked {
	return Checked{Verdict: onboarding.Verdict{Outcome: outcome}}
}

func refuseUntil(outcome onboarding.Outcome, until time.Time) Checked {
	return Checked{Verdict: onboarding.Verdict{Outcome: outcome, Until: until}}
}

// once judges an update in one transaction and stores the judgement with it; an update that has been judged gets
// the stored one.
func (a *Activities) once(ctx context.Context, in Check, judge func(*store.Tx, time.Time) (Checked, error)) (Checked, error) {
	var checked Checked
	workflowID := activity.GetInfo(ctx).WorkflowExecution.ID
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		known, err := tx.Outcome(ctx, workflowID, in.Update, &checked)
		if known || err != nil {
			return err
		}
		if checked, err = judge(tx, now); err != nil {
			return err
		}
		if err := auditLimit(ctx, tx, in, checked.Verdict.Outcome, now); err != nil {
			return err
		}
		return tx.SaveOutcome(ctx, workflowID, in.Update, checked, now)
	})
	return checked, err
}

// auditLimit tells that a limit on mails, addresses or questions has refused something.
func auditLimit(ctx context.Context, tx *store.Tx, in Check, outcome onboarding.Outcome, now time.Time) error {
	switch outcome {
	case onboarding.TooManyMails, onboarding.TooManyAddresses, onboarding.TooManyQuestions:
	default:
		return nil
	}
	return tx.Audit(ctx, store.Event{At: now, Name: onboarding.LimitReached, Case: in.Case, Detail: map[string]any{"outcome": outcome}})
}

// Settlement is a check that ended without an answer, and the answer to give if nothing was judged.
type Settlement struct {
	Check
	Otherwise onboarding.Outcome
}

// Settle finds out how a check ended that was not answered: its transaction may have been committed. If it was not,
// it never will be.
func (a *Activities) Settle(ctx context.Context, in Settlement) (Checked, error) {
	return a.once(ctx, in.Check, func(tx *store.Tx, now time.Time) (Checked, error) {
		return refuse(in.Otherwise), nil
	})
}

// open takes a hand-over and reads the form input in it. found is false when it is gone: the form must be asked again.
func (a *Activities) open(ctx context.Context, tx *store.Tx, in Check, now time.Time, form any) (at time.Time, found bool, err error) {
	h, err := tx.TakeHandover(ctx, in.Handover, activity.GetInfo(ctx).WorkflowExecution.ID, now)
	if onboarding.KindOf(err) == onboarding.NotFound {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	plaintext, err := a.Receiver.Open("handovers/"+h.ID, h.Sealed)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("open handover: %w", err)
	}
	if err := json.Unmarshal(plaintext, form); err != nil {
		return time.Time{}, false, fmt.Errorf("read handover: %w", err)
	}
	return h.CreatedAt, true, nil
}
