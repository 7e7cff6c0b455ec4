package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"koppel/onboarding"
)

// Linking is the read model of a case, with the state of its newest PIN and PIN mail.
type Linking struct {
	ID          string
	WorkflowID  string
	Identity    string
	Reference   onboarding.Reference
	Language    string
	Step        onboarding.Step
	Since       time.Time
	Deadline    time.Time
	Account     string // empty before the proof
	Generation  int    // of the newest PIN; 0 before the proof
	LockedUntil time.Time
	Refusal     onboarding.Outcome // Taken, Mismatch or InstitutionEnded: why a right proof did not count
	Address     []byte             // of the newest PIN; sealed at PinAddress
	ValidUntil  time.Time          // of the newest PIN; zero while no mail server has accepted it
	Mail        onboarding.MailState
	MailAt      time.Time // requested, or accepted when sent
}

// PinAddress is the place that the address of a PIN is sealed at.
func PinAddress(linking string, generation int) string {
	return fmt.Sprintf("pins/%s/%d", linking, generation)
}

type linkingRow struct {
	ID          string               `db:"id"`
	WorkflowID  string               `db:"workflow_id"`
	Identity    string               `db:"identity"`
	Reference   onboarding.Reference `db:"reference"`
	Language    string               `db:"language"`
	Step        onboarding.Step      `db:"step"`
	Since       time.Time            `db:"since"`
	Deadline    time.Time            `db:"deadline"`
	Account     string               `db:"account"`
	Generation  int                  `db:"generation"`
	LockedUntil sql.NullTime         `db:"locked_until"`
	Refusal     onboarding.Outcome   `db:"refusal"`
	Address     []byte               `db:"address"`
	ValidUntil  sql.NullTime         `db:"expires_at"`
	Mail        onboarding.MailState `db:"mail"`
	MailAt      sql.NullTime         `db:"mail_at"`
}

// LatestLinking returns the newest case of an identity, open or over. NotFound when there is none.
func (s *Store) LatestLinking(ctx context.Context, identity string) (Linking, error) {
	var row linkingRow
	err := s.db.GetContext(ctx, &row, `
		select l.id, l.workflow_id, l.identity, l.reference, l.language, l.step, l.since, l.deadline,
			coalesce(l.account::text, '') as account, l.generation, l.locked_until, l.refusal,
			p.address, p.expires_at, coalesce(m.state, '') as mail, coalesce(m.accepted_at, m.requested_at) as mail_at
		from linkings l
		left join pins p on p.linking = l.id and p.generation = l.generation
		left join lateral (
			select state, accepted_at, requested_at from mails
			where case_id = l.id and kind = 'pin' order by number desc limit 1) m on true
		where l.identity = $1
		order by l.ended_at is null desc, l.since desc limit 1`, identity)
	return row.linking(), translate("find linking", err)
}

func (r linkingRow) linking() Linking {
	return Linking{
		ID: r.ID, WorkflowID: r.WorkflowID, Identity: r.Identity, Reference: r.Reference, Language: r.Language,
		Step: r.Step, Since: r.Since, Deadline: r.Deadline, Account: r.Account, Generation: r.Generation,
		LockedUntil: zero(r.LockedUntil), Refusal: r.Refusal, Address: r.Address, ValidUntil: zero(r.ValidUntil),
		Mail: r.Mail, MailAt: zero(r.MailAt),
	}
}
