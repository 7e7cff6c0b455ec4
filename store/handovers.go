package store

import (
	"context"
	"time"

	"koppel/onboarding"
)

// Handover is form input, sealed by web for the worker. Its id is the nonce of the form, so that sending a form
// twice hands over once.
type Handover struct {
	ID         string    `db:"id"`
	WorkflowID string    `db:"workflow_id"`
	Sealed     []byte    `db:"sealed"`
	CreatedAt  time.Time `db:"created_at"`
}

// SaveHandover keeps h for onboarding.HandoverLife and sweeps those that are older. One with the same id stays as it
// is.
func (s *Store) SaveHandover(ctx context.Context, h Handover) error {
	_, err := s.db.ExecContext(ctx, `
		with swept as (delete from handovers where expires_at < $4)
		insert into handovers (id, workflow_id, sealed, created_at, expires_at) values ($1, $2, $3, $4, $5)
		on conflict (id) do nothing`,
		h.ID, h.WorkflowID, h.Sealed, h.CreatedAt, h.CreatedAt.Add(onboarding.HandoverLife))
	return translate("save handover", err)
}

// TakeHandover returns the hand-over of that case and deletes it. NotFound when it is gone or too old.
func (t *Tx) TakeHandover(ctx context.Context, id, workflowID string, now time.Time) (Handover, error) {
	var h Handover
	err := t.tx.GetContext(ctx, &h, `
		delete from handovers where id = $1 and workflow_id = $2 and expires_at > $3
		returning id, workflow_id, sealed, created_at`, id, workflowID, now)
	return h, translate("take handover", err)
}
