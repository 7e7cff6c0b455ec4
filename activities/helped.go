package activities

import (
	"cmp"
	"context"
	"slices"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

// Help is what an agent of the helpdesk does about a case, whatever its kind. The hand-over holds what may not stand in
// Temporal.
type Help struct {
	Check
	Act helpdesk.Act

	Deadline time.Time // with Extend: of the case from then on
	Until    time.Time // likewise: when its step ends by itself
}

// helped is a case that an agent does something about; its row is held.
type helped struct {
	*store.Case
	kind    onboarding.CaseKind
	account string // what the case is for, as its counters know it
	save    func(context.Context, *store.Tx) error
	refused func(onboarding.Outcome)                          // lets the page of the user say why the case has ended
	forget  func(context.Context, *store.Tx, time.Time) error // leaves nothing of it that could still prove something
}

// lockHelped holds the row of a case of whatever kind.
func lockHelped(ctx context.Context, tx *store.Tx, caseID string) (helped, error) {
	for _, lock := range []func(context.Context, *store.Tx, string) (helped, error){helpedLink, helpedChange, helpedAddition} {
		found, err := lock(ctx, tx, caseID)
		if onboarding.KindOf(err) != onboarding.NotFound {
			return found, err
		}
	}
	return helpedReset(ctx, tx, caseID)
}

func helpedLink(ctx context.Context, tx *store.Tx, caseID string) (helped, error) {
	l, err := tx.LockLinking(ctx, caseID)
	return helped{&l.Case, onboarding.LinkingCase, cmp.Or(l.Account, l.Code),
		func(ctx context.Context, tx *store.Tx) error { return tx.SaveLinking(ctx, l) },
		func(why onboarding.Outcome) { l.Refusal = why },
		func(ctx context.Context, tx *store.Tx, now time.Time) error { return endProofs(ctx, tx, l, now) }}, err
}

func helpedChange(ctx context.Context, tx *store.Tx, caseID string) (helped, error) {
	change, err := tx.LockEmailChange(ctx, caseID)
	return helped{&change.Case, onboarding.EmailChangeCase, change.Person,
		func(ctx context.Context, tx *store.Tx) error { return tx.SaveEmailChange(ctx, change) },
		func(why onboarding.Outcome) { change.Refusal = why },
		func(ctx context.Context, tx *store.Tx, now time.Time) error { return saveProven(ctx, tx, change, now) }}, err
}

func helpedAddition(ctx context.Context, tx *store.Tx, caseID string) (helped, error) {
	addition, err := tx.LockAddition(ctx, caseID)
	return helped{&addition.Case, onboarding.AdditionCase, "",
		func(ctx context.Context, tx *store.Tx) error { return tx.SaveAddition(ctx, addition) },
		func(why onboarding.Outcome) { addition.Refusal = why },
		func(ctx context.Context, tx *store.Tx, now time.Time) error {
			if err := withdraw(ctx, tx, addition.ID, now); err != nil {
				return err
			}
			return tx.ForgetHandovers(ctx, addition.WorkflowID)
		}}, err
}

// helpedReset: the page of who asked for a password never tells what came of it.
func helpedReset(ctx context.Context, tx *store.Tx, caseID string) (helped, error) {
	r, err := tx.LockReset(ctx, caseID)
	return helped{&r.Case, onboarding.ResetCase, "",
		func(ctx context.Context, tx *store.Tx) error { return tx.SaveReset(ctx, r) },
		func(onboarding.Outcome) {},
		func(ctx context.Context, tx *store.Tx, _ time.Time) error {
			return tx.ForgetHandovers(ctx, r.WorkflowID)
		}}, err
}

// help has an act of an agent judged, once per update. What the agent may not do, or what does not fit the step, changes
// nothing. do writes what it changes and audits it.
func (a *Activities) help(ctx context.Context, in Help, verb helpdesk.Verb, do func(tx *store.Tx, c helped, now time.Time) (Checked, error)) (Checked, error) {
	return a.once(ctx, in.Check, func(tx *store.Tx, now time.Time) (Checked, error) {
		may, err := mayAct(ctx, tx, in.Act, verb)
		if err != nil || !may {
			return refuse(onboarding.NoAgent), err
		}
		c, err := lockHelped(ctx, tx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		if c.Step.Over() {
			return gone, nil
		}
		if !slices.Contains(helpdesk.Fits(verb, c.kind), c.Step) {
			return refuse(onboarding.AskAgain), nil
		}
		return do(tx, c, now)
	})
}

// auditHelp tells what an agent has done.
func auditHelp(ctx context.Context, tx *store.Tx, name onboarding.Event, c helped, act helpdesk.Act, now time.Time, about map[string]any) error {
	return tx.Audit(ctx, event(name, *c.Case, now, act.Detail(about)))
}
