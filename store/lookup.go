package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"koppel/onboarding"
)

// Found is a case of any kind, as the helpdesk looks it up.
type Found struct {
	Kind        onboarding.CaseKind        `db:"kind"`
	ID          string                     `db:"id"`
	WorkflowID  string                     `db:"workflow_id"`
	Identity    string                     `db:"identity"`
	Institution onboarding.InstitutionCode `db:"institution"` // empty where none has been proved or chosen
	Step        onboarding.Step            `db:"step"`
	Since       time.Time                  `db:"since"`
	Deadline    time.Time                  `db:"deadline"`
	EndedAt     sql.NullTime               `db:"ended_at"`
	LockedUntil sql.NullTime               `db:"locked_until"`
}

// CasesByReference lists the cases with a reference: open ones first, then the newest. There are as many as the
// identity has had, so only the first ten are listed.
func (t *Tx) CasesByReference(ctx context.Context, reference onboarding.Reference) ([]Found, error) {
	var found []Found
	err := t.tx.SelectContext(ctx, &found, `
		select kind, id, workflow_id, identity, institution, step, since, deadline, ended_at, locked_until from (
			select 'linking' as kind, id, workflow_id, identity, coalesce(institution, '') as institution, step, since, deadline, ended_at, locked_until
			from linkings where reference = $1
			union all
			select 'email_change', id, workflow_id, identity, '', step, since, deadline, ended_at, locked_until
			from email_changes where reference = $1
			union all
			select 'addition', id, workflow_id, identity, institution, step, since, deadline, ended_at, locked_until
			from additions where reference = $1
			union all
			select 'reset', id, workflow_id, identity, coalesce(institution, ''), step, since, deadline, ended_at, locked_until
			from resets where reference = $1
			union all
			select 'unlinking', id, workflow_id, identity, '', step, since, deadline, ended_at, null
			from unlinkings where reference = $1) as cases
		order by ended_at is null desc, since desc limit 10`, reference)
	return found, translate("find cases by reference", err)
}

// FoundMail is what became of the newest mail of one kind.
type FoundMail struct {
	Kind        onboarding.MailKind  `db:"kind"`
	Number      int                  `db:"number"` // how many there were
	State       onboarding.MailState `db:"state"`
	RequestedAt time.Time            `db:"requested_at"`
	AcceptedAt  sql.NullTime         `db:"accepted_at"`
	RefusalCode sql.NullInt32        `db:"refusal_code"`  // SMTP reply
	Status      string               `db:"bounce_status"` // of one that came back
}

// NewestMails lists the newest mail of each kind of a case, the latest first.
func (t *Tx) NewestMails(ctx context.Context, caseID string) ([]FoundMail, error) {
	var found []FoundMail
	err := t.tx.SelectContext(ctx, &found, `
		select * from (
			select distinct on (kind) kind, number, state, requested_at, accepted_at, refusal_code, coalesce(bounce_status, '') as bounce_status
			from mails where case_id = $1 order by kind, number desc) as newest
		order by requested_at desc, kind`, caseID)
	return found, translate("list newest mails", err)
}

// Told is one line of the audit, as it was written.
type Told struct {
	At     time.Time
	Name   onboarding.Event
	Detail map[string]any
}

// LastOfCase lists the newest lines of audit of a case, newest first.
func (t *Tx) LastOfCase(ctx context.Context, caseID string, most int) ([]Told, error) {
	return t.told(ctx, `select at, event, detail from audit where case_id = $1 order by id desc limit $2`, caseID, most)
}

// AboutReference lists the newest lines of audit with that name and reference: what stands there without a case.
func (t *Tx) AboutReference(ctx context.Context, name onboarding.Event, reference onboarding.Reference) ([]Told, error) {
	return t.told(ctx, `
		select at, event, detail from audit
		where detail ->> 'reference' = $1 and event = $2 order by id desc limit 10`, reference, name)
}

// WrongControls counts the wrong control codes that agents have had checked for a reference since a moment.
func (t *Tx) WrongControls(ctx context.Context, reference onboarding.Reference, since time.Time) (wrong int, err error) {
	err = t.tx.GetContext(ctx, &wrong, `
		select count(*) from audit
		where detail ->> 'reference' = $1 and event = $2 and detail ->> 'control' = 'wrong' and at > $3`,
		reference, onboarding.HelpdeskLooked, since)
	return wrong, translate("count wrong control codes", err)
}

func (t *Tx) told(ctx context.Context, query string, args ...any) ([]Told, error) {
	var rows []struct {
		At     time.Time        `db:"at"`
		Event  onboarding.Event `db:"event"`
		Detail []byte           `db:"detail"`
	}
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, translate("read audit", err)
	}
	found := make([]Told, len(rows))
	for i, row := range rows {
		found[i] = Told{At: row.At, Name: row.Event}
		if err := json.Unmarshal(row.Detail, &found[i].Detail); err != nil {
			return nil, fmt.Errorf("read audit: %w", err)
		}
	}
	return found, nil
}
