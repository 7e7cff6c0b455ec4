package store

import (
	"context"
	"time"

	"koppel/onboarding"
)

// PendingLogin is a login that a browser has started at the broker. RelayState and Browser are hashes.
type PendingLogin struct {
	RelayState string `db:"relay_state"`
	Browser    string `db:"browser"`
	RequestID  string `db:"request_id"`
	Language   string `db:"language"`
	Back       string `db:"back"`     // the page that asked for it; may be empty
	Session    []byte `db:"session"`  // hash of the token of the session that it belongs to; nil: it begins one
	Artifact   string `db:"artifact"` // empty until the broker has posted it
}

// SavePendingLogin remembers p for onboarding.PendingLogin, audits it and sweeps those that are older.
func (s *Store) SavePendingLogin(ctx context.Context, p PendingLogin, ip string, now time.Time) error {
	return s.Transact(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, `
			with swept as (delete from pending_logins where expires_at < $5)
			insert into pending_logins (relay_state, browser, request_id, language, back, session, created_at, expires_at)
			values ($1, $2, $3, $4, $7, $8, $5, $6)`,
			p.RelayState, p.Browser, p.RequestID, p.Language, now, now.Add(onboarding.PendingLogin), p.Back, p.Session)
		if err != nil {
			return translate("save pending login", err)
		}
		return tx.Audit(ctx, Event{At: now, Name: onboarding.LoginStarted, IP: ip})
	})
}

// KeepArtifact stores what the broker posted until the browser comes for it with its cookie.
// NotFound when no such login is pending.
func (s *Store) KeepArtifact(ctx context.Context, relayState, artifact string, now time.Time) error {
	var kept string
	err := s.db.GetContext(ctx, &kept, `
		update pending_logins set artifact = $2
		where relay_state = $1 and expires_at > $3 and artifact is null
		returning relay_state`, relayState, artifact, now)
	return translate("keep artifact", err)
}

// TakePendingLogin consumes the pending login of this browser: a second call, or another browser, gets NotFound.
func (s *Store) TakePendingLogin(ctx context.Context, relayState, browser string, now time.Time) (PendingLogin, error) {
	var p PendingLogin
	err := s.db.GetContext(ctx, &p, `
		delete from pending_logins
		where relay_state = $1 and browser = $2 and expires_at > $3
		returning relay_state, browser, request_id, language, back, session, coalesce(artifact, '') as artifact`,
		relayState, browser, now)
	return p, translate("take pending login", err)
}

// Identity is a returning user as eHerkenning shows one: an acting subject for an organisation.
type Identity struct {
	Hash         string               `db:"hash"`
	Sealed       []byte               `db:"sealed"` // the acting subject
	Organisation onboarding.KvKNumber `db:"kvk"`
	Name         string               `db:"organisation"` // of the organisation; may be empty
	Intermediary onboarding.KvKNumber `db:"intermediary"` // of a chain mandate; else empty
	Level        onboarding.Level     `db:"level"`
	Supplier     string               `db:"supplier"`
	Person       string               `db:"person"` // empty before linking
}

// RecordLogin notes a verified login: its assertion is used up, the identity is known with its latest level and
// supplier, and the audit says so. Conflict when the assertion was used before.
func (s *Store) RecordLogin(ctx context.Context, login onboarding.Login, identity Identity, ip string, now time.Time) error {
	return s.Transact(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, `
			with swept as (delete from used_assertions where expires_at < $3)
			insert into used_assertions (id, expires_at) values ($1, $2)`,
			login.AssertionID, latest(login.ExpiresAt, now.Add(24*time.Hour)), now)
		if err != nil {
			return translate("use assertion", err)
		}
		_, err = tx.tx.ExecContext(ctx, `
			insert into identities (hash, sealed, kvk, organisation, intermediary, level, supplier, last_login_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (hash) do update set organisation = excluded.organisation, intermediary = excluded.intermediary,
				level = excluded.level, supplier = excluded.supplier, last_login_at = excluded.last_login_at`,
			identity.Hash, identity.Sealed, identity.Organisation, identity.Name, identity.Intermediary, identity.Level,
			identity.Supplier, now)
		if err != nil {
			return translate("record identity", err)
		}
		return tx.Audit(ctx, Event{At: now, Name: onboarding.LoginAccepted, Identity: identity.Hash, IP: ip,
			Detail: map[string]any{"level": identity.Level, "supplier": identity.Supplier, "chain": identity.Intermediary != ""}})
	})
}

// RecordRefusedLogin audits a login that did not succeed; reason is a code, reference what the person was shown.
func (s *Store) RecordRefusedLogin(ctx context.Context, reason string, reference onboarding.Reference, ip string, now time.Time) error {
	return s.Transact(ctx, func(tx *Tx) error {
		return tx.Audit(ctx, Event{At: now, Name: onboarding.LoginRefused, IP: ip,
			Detail: map[string]any{"reason": reason, "reference": reference}})
	})
}

const identityByHash = `
	select hash, sealed, kvk, organisation, intermediary, level, supplier, coalesce(person::text, '') as person
	from identities where hash = $1`

// Identity returns the identity with that hash.
func (s *Store) Identity(ctx context.Context, hash string) (Identity, error) {
	var i Identity
	err := s.db.GetContext(ctx, &i, identityByHash, hash)
	return i, translate("find identity", err)
}

// Identity returns the identity with that hash, as this transaction sees it.
func (t *Tx) Identity(ctx context.Context, hash string) (Identity, error) {
	var i Identity
	err := t.tx.GetContext(ctx, &i, identityByHash, hash)
	return i, translate("find identity", err)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
