package store

import (
	"maps"
	"testing"
	"time"
)

var (
	jane = OldAccount{"Regenboog01", "regenboog01", "jane@regenboog.example", "03AB", "hash of jane"}
	piet = OldAccount{"regenboog02", "regenboog02", "piet@regenboog.example", "10249", "hash of piet"}
)

func accountStore(t *testing.T) *Store {
	t.Helper()
	s := importStore(t)
	importInstitutions(t, s, Tally{New: 2}, regenboogBoard, regenboog)
	return s
}

func importAccounts(t *testing.T, s *Store, want Tally, list ...OldAccount) {
	t.Helper()
	if got, err := s.importOld(t, list...); got != want || err != nil {
		t.Fatalf("import: %+v, %v; want %+v", got, err, want)
	}
}

func (s *Store) importOld(t *testing.T, list ...OldAccount) (tally Tally, err error) {
	err = s.Import(t.Context(), false, func(tx *Tx) (err error) {
		tally, err = tx.ImportAccounts(t.Context(), list)
		return err
	})
	return tally, err
}

func storedAccounts(t *testing.T, s *Store) map[string]OldAccount {
	t.Helper()
	rows, err := s.db.QueryContext(t.Context(), `
		select username, username_key, email, institution, coalesce(password_hash, '') from legacy_accounts`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	stored := map[string]OldAccount{}
	for rows.Next() {
		var a OldAccount
		if err := rows.Scan(&a.Username, &a.UsernameKey, &a.Email, &a.Institution, &a.PasswordHash); err != nil {
			t.Fatal(err)
		}
		stored[a.UsernameKey] = a
	}
	return stored
}

func expectAccounts(t *testing.T, s *Store, want ...OldAccount) {
	t.Helper()
	byKey := map[string]OldAccount{}
	for _, a := range want {
		byKey[a.UsernameKey] = a
	}
	if got := storedAccounts(t, s); !maps.Equal(got, byKey) {
		t.Fatalf("stored %+v\nwant   %+v", got, byKey)
	}
}

// linkAccount does to the row what completing a linking does.
func linkAccount(t *testing.T, s *Store, key string) {
	t.Helper()
	_, err := s.db.ExecContext(t.Context(), `
		with person as (
			insert into persons (email, language, created_at) values ('jane@home.example', 'nl', $2) returning id
		)
		update legacy_accounts set person = person.id, linked_at = $2, password_ended_at = $2, password_hash = null from person where username_key = $1`,
		key, time.Date(2026, 4, 21, 14, 35, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportAccounts(t *testing.T) {
	t.Parallel()
	s := accountStore(t)
	importAccounts(t, s, Tally{New: 2}, jane, piet)
	importAccounts(t, s, Tally{Unchanged: 2}, jane, piet)
	expectAccounts(t, s, jane, piet)

	moved, kept := jane, piet
	moved.Institution, moved.PasswordHash = "10249", "another hash"
	kept.PasswordHash = "" // keeps what is there
	importAccounts(t, s, Tally{Changed: 1, Unchanged: 1}, moved, kept)
	expectAccounts(t, s, moved, piet)

	kept.Username = "Regenboog02"
	importAccounts(t, s, Tally{Changed: 1}, kept)
	kept.PasswordHash = piet.PasswordHash
	expectAccounts(t, s, moved, kept)
}

func TestALinkedAccountStaysAsItIs(t *testing.T) {
	t.Parallel()
	s := accountStore(t)
	importAccounts(t, s, Tally{New: 2}, jane, piet)
	linkAccount(t, s, "regenboog01")
	again := jane
	again.Email, again.PasswordHash = "other@regenboog.example", "another hash"
	importAccounts(t, s, Tally{Unchanged: 2}, again, piet)
	linked := jane
	linked.PasswordHash = ""
	expectAccounts(t, s, linked, piet)
}

func TestAnUnlinkedAccountGetsNoPasswordAgain(t *testing.T) {
	t.Parallel()
	s := accountStore(t)
	importAccounts(t, s, Tally{New: 1}, jane)
	linkAccount(t, s, "regenboog01")
	s.db.MustExec(`update legacy_accounts set person = null, linked_at = null`) // as an agent does by unlinking
	importAccounts(t, s, Tally{Unchanged: 1}, jane)
	moved := jane
	moved.Institution = "10249"
	importAccounts(t, s, Tally{Changed: 1}, moved)
	moved.PasswordHash = ""
	expectAccounts(t, s, moved)
}

func TestImportAccountsIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := accountStore(t)
	orphan := piet
	orphan.Institution = "16AH"
	if _, err := s.importOld(t, jane, orphan); err == nil {
		t.Fatal("an account of an unknown institution is accepted")
	}
	expectAccounts(t, s)
}

func TestKnownAccounts(t *testing.T) {
	t.Parallel()
	s := accountStore(t)
	importAccounts(t, s, Tally{New: 2}, jane, piet)
	linkAccount(t, s, "regenboog01")
	got, err := s.KnownAccounts(t.Context(), []string{"regenboog01", "regenboog02", "linde01"})
	want := map[string]KnownAccount{
		"regenboog01": {UsernameKey: "regenboog01", Ended: true},
		"regenboog02": {UsernameKey: "regenboog02", PasswordHash: "hash of piet"},
	}
	if err != nil || !maps.Equal(got, want) {
		t.Fatalf("known %+v, %v; want %+v", got, err, want)
	}
}
