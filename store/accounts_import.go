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
	Ended        bool   `db:"ended"`         // its old password is gone for good: it is linked, or was
}

// KnownAccounts returns those of the accounts that are there already, by the key of their username.
func (s *Store) KnownAccounts(ctx context.Context, usernameKeys []string) (map[string]KnownAccount, error) {
	var rows []KnownAccount
	err := s.db.SelectContext(ctx, &rows, `
		select username_key, coalesce(password_hash, '') as password_hash, password_ended_at is not null as ended
		from legacy_accounts
		where username_key = any($1)`, pq.Array(usernameKeys))
	known := make(map[string]KnownAccount, len(rows))
	for _, row := range rows {
		known[row.UsernameKey] = row
	}
	return known, translate("find known accounts", err)
}

// ImportAccounts adds accounts and brings known ones up to date. A key must not come twice. Accounts that are linked
// stay exactly as they are, also when they were linked a moment ago; they count as unchanged. One that was linked once
// gets no password again.
func (t *Tx) ImportAccounts(ctx context.Context, list []OldAccount) (Tally, error) {
	names, keys, emails := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	institutions, hashes := make([]string, len(list)), make([]string, len(list))
	for i, a := range list {
		names[i], keys[i], emails[i] = a.Username, a.UsernameKey, string(a.Email)
		institutions[i], hashes[i] = string(a.Institution), a.PasswordHash
	}
	var tally Tally
	// A row that was inserted has no xmax.
	err := t.tx.GetContext(ctx, &tally, `
		with merged as (
			insert into legacy_accounts as kept (username, username_key, email, institution, password_hash)
			select username, username_key, email, institution, nullif(password_hash, '')
			from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
				as given (username, username_key, email, institution, password_hash)
			order by username_key
			on conflict (username_key) do update set
				username = excluded.username, email = excluded.email, institution = excluded.institution,
				password_hash = case when kept.password_ended_at is null
					then coalesce(excluded.password_hash, kept.password_hash) else kept.password_hash end
			where kept.person is null and (kept.username, kept.email, kept.institution) is distinct from
					(excluded.username, excluded.email, excluded.institution)
				or kept.person is null and kept.password_ended_at is null and excluded.password_hash <> ''
					and kept.password_hash is distinct from excluded.password_hash
			returning kept.xmax = 0 as added
		)
		select count(*) filter (where added) as new, count(*) filter (where not added) as changed,
			cardinality($2::text[]) - count(*) as unchanged, 0 as removed
		from merged`,
		pq.Array(names), pq.Array(keys), pq.Array(emails), pq.Array(institutions), pq.Array(hashes))
	return tally, translate("import accounts", err)
}
