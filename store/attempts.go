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

// PartOf is the subject of what an identity tries with one of many things. EndLocks finds it by the identity.
func PartOf(identity, thing string) string { return identity + ":" + thing }

// EndLocks ends, at now, the locks of an identity, of a case, and of what the case is for, and returns how many there
// were. What was counted stays: the next lock is the longer one. Limits on mails stay closed.
func (t *Tx) EndLocks(ctx context.Context, identity, caseID, account string, now time.Time) (int, error) {
	result, err := t.tx.ExecContext(ctx, `
		update attempts set locked_until = $4 where locked_until > $4 and (
			scope in ('credentials', 'credentials-identity', 'code', 'pin-identity')
				and (subject = $1 or starts_with(subject, $1 || ':'))
			or scope = 'pin-case' and subject = $2
			or scope = 'pin-account' and subject = $3)`, identity, caseID, account, now)
	if err != nil {
		return 0, translate("end locks", err)
	}
	ended, err := result.RowsAffected()
	return int(ended), translate("end locks", err)
}

// ForgetAttempts drops the count of a subject.
func (t *Tx) ForgetAttempts(ctx context.Context, limit onboarding.Limit, subject string) error {
	_, err := t.tx.ExecContext(ctx, `delete from attempts where scope = $1 and subject = $2`, limit.Scope, subject)
	return translate("forget attempts", err)
}
