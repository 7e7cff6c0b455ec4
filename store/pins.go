package store

import (
	"context"
	"database/sql"
	"time"
)

// PIN is what is known of a mailed PIN. The PIN itself is nowhere: it is derived from these columns and a key.
type PIN struct {
	Generation int
	KeyID      string
	Nonce      []byte
	Address    []byte // sealed at PinAddress
	Masked     string // what an agent may see of it
	Tries      int
	CreatedAt  time.Time
	AcceptedAt time.Time // zero until a mail server has accepted it
	ExpiresAt  time.Time // set with AcceptedAt
	VoidedAt   time.Time
}

// AddPIN writes a new generation.
func (t *Tx) AddPIN(ctx context.Context, caseID string, p PIN) error {
	_, err := t.tx.ExecContext(ctx, `
		insert into pins (case_id, generation, key_id, nonce, address, masked, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		caseID, p.Generation, p.KeyID, p.Nonce, p.Address, p.Masked, p.CreatedAt)
	return translate("add pin", err)
}

// PINs lists the generations of a case, newest first.
func (t *Tx) PINs(ctx context.Context, caseID string) ([]PIN, error) {
	var rows []struct {
		Generation int          `db:"generation"`
		KeyID      string       `db:"key_id"`
		Nonce      []byte       `db:"nonce"`
		Address    []byte       `db:"address"`
		Masked     string       `db:"masked"`
		Tries      int          `db:"tries"`
		CreatedAt  time.Time    `db:"created_at"`
		AcceptedAt sql.NullTime `db:"accepted_at"`
		ExpiresAt  sql.NullTime `db:"expires_at"`
		VoidedAt   sql.NullTime `db:"voided_at"`
	}
	err := t.tx.SelectContext(ctx, &rows, `
		select generation, key_id, nonce, address, masked, tries, created_at, accepted_at, expires_at, voided_at
		from pins where case_id = $1 order by generation desc`, caseID)
	pins := make([]PIN, len(rows))
	for i, r := range rows {
		pins[i] = PIN{r.Generation, r.KeyID, r.Nonce, r.Address, r.Masked, r.Tries, r.CreatedAt,
			zero(r.AcceptedAt), zero(r.ExpiresAt), zero(r.VoidedAt)}
	}
	return pins, translate("list pins", err)
}

// AcceptPIN starts the clock of a generation; a second acceptance of the same PIN changes nothing.
func (t *Tx) AcceptPIN(ctx context.Context, caseID string, generation int, at, until time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		update pins set accepted_at = $3, expires_at = $4
		where case_id = $1 and generation = $2 and accepted_at is null`, caseID, generation, at, until)
	return translate("accept pin", err)
}

// CountPINTry counts a wrong try against each of these generations.
func (t *Tx) CountPINTry(ctx context.Context, caseID string, generations []int) error {
	for _, generation := range generations {
		_, err := t.tx.ExecContext(ctx, `update pins set tries = tries + 1 where case_id = $1 and generation = $2`,
			caseID, generation)
		if err != nil {
			return translate("count pin try", err)
		}
	}
	return nil
}

// ConfirmPIN notes which generation was typed back, and with it which address is proven, and in which session.
func (t *Tx) ConfirmPIN(ctx context.Context, caseID string, generation int, session []byte, at time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		update pins set confirmed_at = $3, confirmed_by = $4 where case_id = $1 and generation = $2`,
		caseID, generation, at, session)
	return translate("confirm pin", err)
}

// Confirmation is the proof of an address.
type Confirmation struct {
	Generation int    `db:"generation"`
	Address    []byte `db:"address"`      // sealed at PinAddress
	Session    []byte `db:"confirmed_by"` // hash of the token of the session that typed the PIN
}

// Confirmation returns the newest proof of a case.
func (t *Tx) Confirmation(ctx context.Context, caseID string) (Confirmation, error) {
	var c Confirmation
	err := t.tx.GetContext(ctx, &c, `
		select generation, address, confirmed_by from pins where case_id = $1 and confirmed_at is not null
		order by confirmed_at desc limit 1`, caseID)
	return c, translate("find confirmation", err)
}

// VoidPINs makes every generation of a case useless that is older than keep, and forgets what an agent proposed to mail
// instead.
func (t *Tx) VoidPINs(ctx context.Context, caseID string, keep int, at time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		with moot as (delete from corrections where case_id = $1)
		update pins set voided_at = $3 where case_id = $1 and generation < $2 and voided_at is null`, caseID, keep, at)
	return translate("void pins", err)
}
