package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"

	"koppel/store"
)

// upkeepBatch is how many rows one transaction of the upkeep takes: some tens of milliseconds of work.
const upkeepBatch = 1000

// ChainAudit appends to the chain what the audit has got since, and returns how many rows.
func (a *Activities) ChainAudit(ctx context.Context) (int, error) {
	return batches(ctx, func() (int, error) { return a.Store.ChainAudit(ctx, upkeepBatch, a.Now()) })
}

// Housekeep removes what has been kept for long enough, and returns how many rows by subject. A sweep that fails leaves
// the others their turn.
func (a *Activities) Housekeep(ctx context.Context) (map[string]int, error) {
	swept := map[string]int{}
	var failures error
	for _, what := range store.Sweeps {
		rows, err := batches(ctx, func() (int, error) { return a.Store.Sweep(ctx, what, upkeepBatch, a.Now()) })
		failures = errors.Join(failures, err)
		if rows > 0 {
			swept[what.Name] = rows
		}
	}
	return swept, failures
}

// batches does batch after batch until one is not full. Each stands by itself, so a repetition goes on where the last
// attempt left off.
func batches(ctx context.Context, batch func() (int, error)) (rows int, err error) {
	for {
		done, err := batch()
		rows += done
		if err != nil || done < upkeepBatch {
			return rows, err
		}
		activity.RecordHeartbeat(ctx)
	}
}
