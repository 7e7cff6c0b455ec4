package store

import (
	"context"
	"time"
)

// Correction is another address for the PIN of a case, as an agent proposed it.
type Correction struct {
	Case       string    `db:"case_id"`
	Address    []byte    `db:"address"` // sealed at CorrectionAddress
	ProposedBy string    `db:"proposed_by"`
	ProposedAt time.Time `db:"proposed_at"`
}

// CorrectionAddress is the place that the address of a correction is sealed at.
func CorrectionAddress(caseID string) string { return "corrections/" + caseID }

// Correction returns what is proposed for a case whose row this transaction holds. NotFound when nothing is.
func (t *Tx) Correction(ctx context.Context, caseID string) (Correction, error) {
	var found Correction
	err := t.tx.GetContext(ctx, &found, `
		select case_id, address, proposed_by, proposed_at from corrections where case_id = $1`, caseID)
	return found, translate("find correction", err)
}

// ProposeCorrection keeps a proposal in the place of what was proposed before.
func (t *Tx) ProposeCorrection(ctx context.Context, c Correction) error {
	_, err := t.tx.ExecContext(ctx, `
		insert into corrections (case_id, address, proposed_by, proposed_at) values ($1, $2, $3, $4)
		on conflict (case_id) do update
		set address = excluded.address, proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at`,
		c.Case, c.Address, c.ProposedBy, c.ProposedAt)
	return translate("propose correction", err)
}
