package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// counter is the count of one subject under one limit; its row is held until the end of the transaction.
type counter struct {
	limit    onboarding.Limit
	subject  string
	attempts onboarding.Attempts
}

// counters are held together, always in the same order, so that two transactions cannot wait for each other.
type counters []counter

func hold(ctx context.Context, tx *store.Tx, now time.Time, wanted ...counter) (counters, error) {
	for i := range wanted {
		var err error
		if wanted[i].attempts, err = tx.LockAttempts(ctx, wanted[i].limit, wanted[i].subject, now); err != nil {
			return nil, err
		}
	}
	return wanted, nil
}

// add counts one event against each subject.
func (c counters) add(ctx context.Context, tx *store.Tx, now time.Time) error {
	for i := range c {
		c[i].attempts = c[i].limit.Add(c[i].attempts, now)
	}
	return c.save(ctx, tx)
}

func (c counters) save(ctx context.Context, tx *store.Tx) error {
	for _, each := range c {
		if err := tx.SaveAttempts(ctx, each.limit, each.subject, each.attempts); err != nil {
			return err
		}
	}
	return nil
}

func (c counters) forget(ctx context.Context, tx *store.Tx) error {
	for _, each := range c {
		if err := tx.ForgetAttempts(ctx, each.limit, each.subject); err != nil {
			return err
		}
	}
	return nil
}

// lockedUntil is the end of the longest lock, or zero when nothing is locked.
func (c counters) lockedUntil(now time.Time) (until time.Time) {
	for _, each := range c {
		if each.attempts.LockedAt(now) && each.attempts.LockedUntil.After(until) {
			until = each.attempts.LockedUntil
		}
	}
	return until
}

// left is how many events are left before the first lock.
func (c counters) left(now time.Time) int {
	left := c[0].limit.Left(c[0].attempts, now)
	for _, each := range c[1:] {
		left = min(left, each.limit.Left(each.attempts, now))
	}
	return left
}
