package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"koppel/onboarding"
	"koppel/store"
)

// Opening is the login that starts a case.
type Opening struct {
	Case      string
	Identity  string
	Reference onboarding.Reference
	Language  string
	At        time.Time
	Deadline  time.Time
}

// OpenLinking writes the row of the case, so that the pages can show it.
func (a *Activities) OpenLinking(ctx context.Context, in Opening) error {
	l := store.Linking{Case: store.Case{
		ID: in.Case, WorkflowID: activity.GetInfo(ctx).WorkflowExecution.ID, Identity: in.Identity,
		Reference: in.Reference, Language: in.Language, Step: onboarding.AwaitProof, Since: in.At, Deadline: in.Deadline,
	}}
	return a.transact(ctx, func(tx *store.Tx, now time.Time) error { return tx.OpenLinking(ctx, l) })
}
