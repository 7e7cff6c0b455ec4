package store

import (
	"context"
	"time"

	"koppel/onboarding"
)

// Draft is what an identity typed at the link page, sealed by web, for after a new login.
type Draft struct {
	Identity string    `db:"identity"`
	Sealed   []byte    `db:"sealed"`
	SavedAt  time.Time `db:"saved_at"`
}

// SaveDraft keeps d for onboarding.DraftKept in the place of the one before it.
func (s *Store) SaveDraft(ctx context.Context, d Draft) error {
	_, err := s.db.ExecContext(ctx, `
		insert into drafts (identity, sealed, saved_at, expires_at) values ($1, $2, $3, $4)
		on conflict (identity) do update set sealed = excluded.sealed, saved_at = excluded.saved_at,
			expires_at = excluded.expires_at`,
		d.Identity, d.Sealed, d.SavedAt, d.SavedAt.Add(onboarding.DraftKept))
	return translate("save draft", err)
}

// Draft returns what an identity typed. NotFound when it typed nothing lately.
func (s *Store) Draft(ctx context.Context, identity string, now time.Time) (Draft, error) {
	var d Draft
	err := s.db.GetContext(ctx, &d, `
		select identity, sealed, saved_at from drafts where identity = $1 and expires_at > $2`, identity, now)
	return d, translate("find draft", err)
}

const deleteDraft = `delete from drafts where identity = $1`

// DeleteDraft forgets what an identity typed; nothing typed is no error.
func (s *Store) DeleteDraft(ctx context.Context, identity string) error {
	_, err := s.db.ExecContext(ctx, deleteDraft, identity)
	return translate("delete draft", err)
}

// DeleteDraft is the same as part of a transaction.
func (t *Tx) DeleteDraft(ctx context.Context, identity string) error {
	_, err := t.tx.ExecContext(ctx, deleteDraft, identity)
	return translate("delete draft", err)
}
