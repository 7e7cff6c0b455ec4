package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// voiding ends the open cases of one kind that an identity has, and returns them.
type voiding func(ctx context.Context, identity string, now time.Time) ([]store.Voided, error)

// void ends open cases of an identity that gets or loses a person: what was asked for before is worth nothing after it.
// Nobody is asked for an approval of them any more. It returns their workflows, which learn of it when they are told, or
// when they do something next. Where an identity loses its person, call it before that.
func void(ctx context.Context, tx *store.Tx, identity string, now time.Time, kinds ...voiding) (workflows []string, err error) {
	for _, end := range kinds {
		ended, err := end(ctx, identity, now)
		if err != nil {
			return nil, err
		}
		for _, each := range ended {
			if err := withdraw(ctx, tx, each.ID, now); err != nil {
				return nil, err
			}
			about := store.Case{ID: each.ID, Identity: identity}
			if err := tx.Audit(ctx, event(onboarding.Event(onboarding.Voided), about, now, nil)); err != nil {
				return nil, err
			}
			workflows = append(workflows, each.WorkflowID)
		}
	}
	return workflows, nil
}
