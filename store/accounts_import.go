package store

import (
	"context"

	"github.com/lib/pq"

	"koppel/onboarding"
)

// OldAccount is an account of the old helpdesk as an import brings it.
type OldAccount struct {
	Username     string
	UsernameKey  string // how usernames are compared
	Email        onboarding.Email
	Institution  onboarding.InstitutionCode // must be known
	PasswordHash string                     // as package passwords stores it; empty keeps the one that is there
}

// KnownAccount is what an import has to know of an account that is there already.
type KnownAccount struct {
	UsernameKey  string `db:"username_key"`
	PasswordHash string `db:"password_hash"` // empty when it has none
	Linked       bool   `db:"linked"`        // to a person: its old password is gone for good
}

// KnownAccounts returns those of the accounts that are there already, by the key of their username.
func (s *Store) KnownAccounts(ctx context.Context, usernameKeys []string) (map[string]KnownAccount, error) {
	var rows []KnownAccount
	err := s.db.SelectContext(ctx, &rows, `
		select username_key, coalesce(password_hash, '') as password_hash, person is not null as linked
		from legacy_accounts
		where username_key = any($1)`, pq.Array(usernameKeys))
	known := make(map[string]KnownAccount, len(rows))
	for _, row := range rows {
		known[row.UsernameKey] = row
	}
	return known, translate("find known accounts", err)
}

// ImportAccounts adds accounts and brings known ones up to date, all or none. A key must not come twice. Accounts that
// are linked stay exactly as they are, also when they were linked a moment ago; they count as unchanged.
func (s *Store) ImportAccounts(ctx context.Context, list []OldAccount) (Tally, error) {
	names, keys, emails := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	institutions, hashes := make([]string, len(list)), make([]string, len(list))
	for i, a := range list {
		names[i], keys[i], emails[i] = a.Username, a.UsernameKey, string(a.Email)
		institutions[i], hashes[i] = string(a.Institution), a.PasswordHash
	}
	var tally Tally
	// A row that was inserted has no xmax. One statement is one transaction.
	err := s.db.GetContext(ctx, &tally, `
		with merged as (
			insert into legacy_accounts as kept (username, username_key, email, institution, password_hash)
			select username, username_key, email, institution, nullif(password_hash, '')
			from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
				as given (username, username_key, email, institution, password_hash)
			order by username_key
			on conflict (username_key) do update set
				username = excluded.username, email = excluded.email, institution = excluded.institution,
				password_hash = coalesce(excluded.password_hash, kept.password_hash)
			where kept.person is null and (kept.username, kept.email, kept.institution, kept.password_hash) is distinct from
				(excluded.username, excluded.email, excluded.institution, coalesce(excluded.password_hash, kept.password_hash))
			returning kept.xmax = 0 as added
		)
		select count(*) filter (where added) as new, count(*) filter (where not added) as changed,
			cardinality($2::text[]) - count(*) as unchanged
		from merged`,
		pq.Array(names), pq.Array(keys), pq.Array(emails), pq.Array(institutions), pq.Array(hashes))
	return tally, translate("import accounts", err)
}
