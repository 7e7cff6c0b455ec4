package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"koppel/onboarding"
)

const personByID = `select id, email, language from persons where id = $1`

// Person returns the account with that id.
func (s *Store) Person(ctx context.Context, id string) (Person, error) {
	var p Person
	err := s.db.GetContext(ctx, &p, personByID, id)
	return p, translate("find person", err)
}

// Person returns the account with that id, as this transaction sees it.
func (t *Tx) Person(ctx context.Context, id string) (Person, error) {
	var p Person
	err := t.tx.GetContext(ctx, &p, personByID, id)
	return p, translate("find person", err)
}

// LinkedIdentity is an identity of a person.
type LinkedIdentity struct {
	Identity
	LinkedAt    time.Time `db:"linked_at"`
	LastLoginAt time.Time `db:"last_login_at"`
}

// IdentitiesOf lists the identities of a person, the longest linked first.
func (s *Store) IdentitiesOf(ctx context.Context, person string) ([]LinkedIdentity, error) {
	var found []LinkedIdentity
	err := s.db.SelectContext(ctx, &found, `
		select hash, sealed, kvk, organisation, intermediary, level, supplier, person::text as person, linked_at, last_login_at
		from identities where person = $1 order by linked_at, hash`, person)
	return found, translate("list identities", err)
}

// SessionsOf lists the live sessions of a person, of whatever identity, the newest first.
func (s *Store) SessionsOf(ctx context.Context, person string, now time.Time) ([]Session, error) {
	var found []Session
	err := s.db.SelectContext(ctx, &found, `
		select s.token_hash, s.identity, s.form_key, s.linked, coalesce(s.institution, '') as institution,
			s.authenticated_at, s.last_used_at, s.expires_at
		from sessions s join identities i on i.hash = s.identity
		where i.person = $1 and s.expires_at > $2
			and s.last_used_at > case when s.linked then $3::timestamptz else $4::timestamptz end
		order by s.authenticated_at desc, s.token_hash`,
		person, now, now.Add(-onboarding.SessionIdleLinked), now.Add(-onboarding.SessionIdleUnlinked))
	return found, translate("list sessions", err)
}

// EndSessions ends these sessions, as far as they are of that person, and audits it.
func (s *Store) EndSessions(ctx context.Context, person, identity string, tokenHashes [][]byte, now time.Time) error {
	return s.Transact(ctx, func(tx *Tx) error {
		result, err := tx.tx.ExecContext(ctx, `
			delete from sessions s using identities i
			where i.hash = s.identity and i.person = $1 and s.token_hash = any($2)`, person, pq.ByteaArray(tokenHashes))
		if err != nil {
			return translate("end sessions", err)
		}
		ended, err := result.RowsAffected()
		if err != nil || ended == 0 {
			return translate("end sessions", err)
		}
		return tx.Audit(ctx, Event{At: now, Name: onboarding.SessionsEnded, Identity: identity, Detail: map[string]any{"sessions": ended}})
	})
}

// ChooseInstitution makes code the institution that a session works for. NotFound unless the person of the session is
// a member of it and it is open.
func (s *Store) ChooseInstitution(ctx context.Context, tokenHash []byte, code string) error {
	var chosen string
	err := s.db.GetContext(ctx, &chosen, `
		update sessions s set institution = m.institution
		from identities i
		join memberships m on m.person = i.person
		join institutions o on o.code = m.institution
		where s.token_hash = $1 and i.hash = s.identity and m.institution = $2 and o.closed_on is null
		returning s.institution`, tokenHash, code)
	return translate("choose institution", err)
}
