package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"koppel/onboarding"
)

// Outcome reads the stored result of an update into result and tells whether there was one.
func (t *Tx) Outcome(ctx context.Context, workflowID, updateID string, result any) (bool, error) {
	var stored []byte
	err := translate("find outcome", t.tx.GetContext(ctx, &stored, `
		select result from outcomes where workflow_id = $1 and update_id = $2`, workflowID, updateID))
	var refusal *onboarding.Error
	if errors.As(err, &refusal) && refusal.Kind == onboarding.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(stored, result); err != nil {
		return false, fmt.Errorf("read outcome: %w", err)
	}
	return true, nil
}

// SaveOutcome stores the result of an update. Conflict when another attempt was first: its result counts.
func (t *Tx) SaveOutcome(ctx context.Context, workflowID, updateID string, result any, now time.Time) error {
	encoded, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("write outcome: %w", err)
	}
	_, err = t.tx.ExecContext(ctx, `insert into outcomes (workflow_id, update_id, result, at) values ($1, $2, $3, $4)`,
		workflowID, updateID, encoded, now)
	return translate("save outcome", err)
}
