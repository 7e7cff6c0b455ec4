package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"koppel/onboarding"
)

// Event is one line of the audit. Detail holds codes, counts and random ids; Identity (a keyed hash) and IP stand
// apart, where retention and erasure reach them.
type Event struct {
	At       time.Time
	Name     onboarding.Event
	Case     string // empty where there is none
	Identity string
	IP       string
	Detail   map[string]any
}

// Audit appends e in the transaction of the act it tells of. The database refuses to change or remove it later.
func (t *Tx) Audit(ctx context.Context, e Event) error {
	detail := []byte("{}")
	if e.Detail != nil {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("audit %s: %w", e.Name, err)
		}
	}
	_, err := t.tx.ExecContext(ctx, `
		with event as (
			insert into audit (at, event, case_id, detail) values ($1, $2, nullif($3, '')::uuid, $4) returning id
		)
		insert into audit_subjects (audit_id, at, identity, ip) select id, $1, $5, $6 from event where $5 || $6 <> ''`,
		e.At, e.Name, e.Case, detail, e.Identity, e.IP)
	t.events = append(t.events, e)
	return translate("audit "+string(e.Name), err)
}
