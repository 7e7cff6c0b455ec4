package store

import (
	"context"
	"database/sql"
	"time"

	"koppel/onboarding"
)

// LockAttempts returns the count of a subject and holds its row until the end of the transaction, so that parallel
// tries of the subject are judged one after the other.
func (t *Tx) LockAttempts(ctx context.Context, limit onboarding.Limit, subject string, now time.Time) (onboarding.Attempts, error) {
	_, err := t.tx.ExecContext(ctx, `
		insert into attempts (scope, subject, first_at, last_at) values ($1, $2, $3, $3)
		on conflict do nothing`, limit.Scope, subject, now)
	if err != nil {
		return onboarding.Attempts{}, translate("open attempts", err)
	}
	var row struct {
		Failures    int          `db:"failures"`
		Locks       int          `db:"locks"`
		FirstAt     time.Time    `db:"first_at"`
		LastAt      time.Time    `db:"last_at"`
		LockedUntil sql.NullTime `db:"locked_until"`
	}
	err = t.tx.GetContext(ctx, &row, `
		select failures, locks, first_at, last_at, locked_until from attempts
		where scope = $1 and subject = $2 for update`, limit.Scope, subject)
	return onboarding.Attempts{Failures: row.Failures, Locks: row.Locks, FirstAt: row.FirstAt, LastAt: row.LastAt,
		LockedUntil: zero(row.LockedUntil)}, translate("lock attempts", err)
}

// SaveAttempts writes the count of a subject whose row this transaction holds.
func (t *Tx) SaveAttempts(ctx context.Context, limit onboarding.Limit, subject string, a onboarding.Attempts) error {
	_, err := t.tx.ExecContext(ctx, `
		update attempts set failures = $3, locks = $4, first_at = $5, last_at = $6, locked_until = $7
		where scope = $1 and subject = $2`,
		limit.Scope, subject, a.Failures, a.Locks, a.FirstAt, a.LastAt, null(a.LockedUntil))
	return translate("save attempts", err)
}

// ForgetAttempts drops the count of a subject.
func (t *Tx) ForgetAttempts(ctx context.Context, limit onboarding.Limit, subject string) error {
	_, err := t.tx.ExecContext(ctx, `delete from attempts where scope = $1 and subject = $2`, limit.Scope, subject)
	return translate("forget attempts", err)
}
