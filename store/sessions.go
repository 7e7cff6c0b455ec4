package store

import (
	"context"
	"time"

	"koppel/onboarding"
)

// Session is a browser that has logged in. The person is not in it: it is derived from the identity per request.
type Session struct {
	TokenHash       []byte    `db:"token_hash"`
	Identity        string    `db:"identity"`
	FormKey         []byte    `db:"form_key"`
	Linked          bool      `db:"linked"`
	Institution     string    `db:"institution"` // chosen; may be empty
	AuthenticatedAt time.Time `db:"authenticated_at"`
	LastUsedAt      time.Time `db:"last_used_at"`
	ExpiresAt       time.Time `db:"expires_at"`
}

// Session returns the live session with that token hash; NotFound when it has ended or was idle for too long.
func (s *Store) Session(ctx context.Context, tokenHash []byte, now time.Time) (Session, error) {
	var found Session
	err := s.db.GetContext(ctx, &found, `
		select token_hash, identity, form_key, linked, coalesce(institution, '') as institution,
			authenticated_at, last_used_at, expires_at
		from sessions
		where token_hash = $1 and expires_at > $2
			and last_used_at > case when linked then $3::timestamptz else $4::timestamptz end`,
		tokenHash, now, now.Add(-onboarding.SessionIdleLinked), now.Add(-onboarding.SessionIdleUnlinked))
	return found, translate("find session", err)
}

// LapsedSession returns the session with that token hash, be it that it was idle for too long. NotFound when its life
// is over or somebody ended it.
func (s *Store) LapsedSession(ctx context.Context, tokenHash []byte, now time.Time) (Session, error) {
	var found Session
	err := s.db.GetContext(ctx, &found, `
		select token_hash, identity, form_key, linked, coalesce(institution, '') as institution,
			authenticated_at, last_used_at, expires_at
		from sessions where token_hash = $1 and expires_at > $2`, tokenHash, now)
	return found, translate("find lapsed session", err)
}

// SaveSession writes all columns of v. Of the sessions of one identity only the newest SessionsAtOnce
// stay, and those of anybody that have ended are swept.
func (s *Store) SaveSession(ctx context.Context, v Session) error {
	return s.Transact(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, `
			insert into sessions (token_hash, identity, form_key, linked, institution, authenticated_at, last_used_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (token_hash) do update set identity = excluded.identity, form_key = excluded.form_key,
				linked = excluded.linked, institution = excluded.institution, last_used_at = excluded.last_used_at`,
			v.TokenHash, v.Identity, v.FormKey, v.Linked, nullText(v.Institution), v.AuthenticatedAt, v.LastUsedAt, v.ExpiresAt)
		if err != nil {
			return translate("save session", err)
		}
		_, err = tx.tx.ExecContext(ctx, `
			delete from sessions where expires_at < $3 or token_hash in (
				select token_hash from sessions where identity = $1 order by authenticated_at desc offset $2)`,
			v.Identity, onboarding.SessionsAtOnce, v.LastUsedAt)
		return translate("end oldest sessions", err)
	})
}

// SessionsOfIdentity lists the live sessions of a login.
func (t *Tx) SessionsOfIdentity(ctx context.Context, identity string, now time.Time) ([]Session, error) {
	var found []Session
	err := t.tx.SelectContext(ctx, &found, `
		select token_hash, identity, form_key, linked, coalesce(institution, '') as institution,
			authenticated_at, last_used_at, expires_at
		from sessions
		where identity = $1 and expires_at > $2
			and last_used_at > case when linked then $3::timestamptz else $4::timestamptz end`,
		identity, now, now.Add(-onboarding.SessionIdleLinked), now.Add(-onboarding.SessionIdleUnlinked))
	return found, translate("list sessions of identity", err)
}

// TouchSession notes a use of the session, at most once per SessionTouch.
func (s *Store) TouchSession(ctx context.Context, tokenHash []byte, now time.Time) error {
	_, err := s.db.ExecContext(ctx, `update sessions set last_used_at = $2 where token_hash = $1 and last_used_at < $3`,
		tokenHash, now, now.Add(-onboarding.SessionTouch))
	return translate("touch session", err)
}

// DeleteSession ends a session; one that is gone is no error.
func (s *Store) DeleteSession(ctx context.Context, tokenHash []byte) error {
	_, err := s.db.ExecContext(ctx, `delete from sessions where token_hash = $1`, tokenHash)
	return translate("delete session", err)
}
