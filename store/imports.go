package store

import (
	"context"
	"errors"
)

// Tally counts what an import did.
type Tally struct {
	New       int `db:"new"`
	Changed   int `db:"changed"`
	Unchanged int `db:"unchanged"`
	Removed   int `db:"removed"`
}

// Plus adds what another part of the same import did.
func (t Tally) Plus(u Tally) Tally {
	return Tally{t.New + u.New, t.Changed + u.Changed, t.Unchanged + u.Unchanged, t.Removed + u.Removed}
}

const importLock = 7274302 // any number, the same in every process

var errRehearsed = errors.New("rehearsed")

// Import runs do in one transaction; one import at a time. A rehearsal does the same, has the database check what it
// else checks at the commit, and takes everything back.
func (s *Store) Import(ctx context.Context, rehearsal bool, do func(*Tx) error) error {
	err := s.Transact(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, importLock); err != nil {
			return translate("wait for another import", err)
		}
		if err := do(tx); err != nil || !rehearsal {
			return err
		}
		if _, err := tx.tx.ExecContext(ctx, `set constraints all immediate`); err != nil {
			return translate("check what was rehearsed", err)
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}
