package store

import (
	"context"
	"time"
)

// Voided is a case that something else has ended.
type Voided struct {
	ID         string `db:"id"`
	WorkflowID string `db:"workflow_id"`
}

// VoidAdditions ends the open additions of an identity. What was handed over to them is gone.
func (t *Tx) VoidAdditions(ctx context.Context, identity string, now time.Time) ([]Voided, error) {
	var ended []Voided
	err := t.tx.SelectContext(ctx, &ended, `
		with ended as (
			update additions set step = 'voided', since = $2, ended_at = $2
			where identity = $1 and ended_at is null and step <> 'notifying'
			returning id, workflow_id
		), forgotten as (
			delete from handovers where workflow_id in (select workflow_id from ended)
		)
		select id, workflow_id from ended`, identity, now)
	return ended, translate("void additions", err)
}

// VoidResets ends the open requests for a password that an identity has made first. Their links open nothing any more.
func (t *Tx) VoidResets(ctx context.Context, identity string, now time.Time) ([]Voided, error) {
	var ended []Voided
	err := t.tx.SelectContext(ctx, &ended, `
		with ended as (
			update resets set step = 'voided', since = $2, ended_at = $2
			where identity = $1 and ended_at is null and step <> 'notifying'
			returning id, workflow_id
		), forgotten as (
			delete from handovers where workflow_id in (select workflow_id from ended)
		)
		select id, workflow_id from ended`, identity, now)
	return ended, translate("void resets", err)
}

// VoidLinkings ends the open linking of an identity. Its PINs are void and what was handed over to it is gone.
func (t *Tx) VoidLinkings(ctx context.Context, identity string, now time.Time) ([]Voided, error) {
	var ended []Voided
	err := t.tx.SelectContext(ctx, &ended, `
		with ended as (
			update linkings set step = 'voided', since = $2, ended_at = $2
			where identity = $1 and ended_at is null and step <> 'notifying'
			returning id, workflow_id
		), voided as (
			update pins set voided_at = $2 where voided_at is null and case_id in (select id from ended)
		), forgotten as (
			delete from handovers where workflow_id in (select workflow_id from ended)
		)
		select id, workflow_id from ended`, identity, now)
	return ended, translate("void linkings", err)
}
