package store

import (
	"database/sql"
	"fmt"
	"time"

	"koppel/onboarding"
)

// Case is what the read models of all kinds of cases have.
type Case struct {
	ID          string // random
	WorkflowID  string
	Identity    string // hash of the identity that is at it
	Reference   onboarding.Reference
	Language    string
	Step        onboarding.Step
	Since       time.Time
	Deadline    time.Time // of the step
	LockedUntil time.Time // of the step, after too many wrong tries
	Generation  int       // of the newest PIN; 0 before there is one
}

type caseRow struct {
	ID          string               `db:"id"`
	WorkflowID  string               `db:"workflow_id"`
	Identity    string               `db:"identity"`
	Reference   onboarding.Reference `db:"reference"`
	Language    string               `db:"language"`
	Step        onboarding.Step      `db:"step"`
	Since       time.Time            `db:"since"`
	Deadline    time.Time            `db:"deadline"`
	LockedUntil sql.NullTime         `db:"locked_until"`
	Generation  int                  `db:"generation"`
}

func (r caseRow) read() Case {
	return Case{r.ID, r.WorkflowID, r.Identity, r.Reference, r.Language, r.Step, r.Since, r.Deadline,
		zero(r.LockedUntil), r.Generation}
}

// PINMail is the state of the newest PIN of a case and of its mail.
type PINMail struct {
	Address    []byte    // sealed at PinAddress
	ValidUntil time.Time // zero while no mail server has accepted the mail
	Mail       onboarding.MailState
	MailAt     time.Time // requested, or accepted when sent
}

type pinMailRow struct {
	Address    []byte               `db:"address"`
	ValidUntil sql.NullTime         `db:"expires_at"`
	Mail       onboarding.MailState `db:"mail"`
	MailAt     sql.NullTime         `db:"mail_at"`
}

func (r pinMailRow) read() PINMail {
	return PINMail{r.Address, zero(r.ValidUntil), r.Mail, zero(r.MailAt)}
}

// PinAddress is the place that the address of a PIN is sealed at.
func PinAddress(caseID string, generation int) string {
	return fmt.Sprintf("pins/%s/%d", caseID, generation)
}

// ended is when a case that is over ended; null while it runs.
func (c Case) ended() sql.NullTime {
	if c.Step.Over() {
		return null(c.Since)
	}
	return sql.NullTime{}
}
