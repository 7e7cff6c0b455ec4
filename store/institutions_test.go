package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store/storetest"
)

// importStore has the schema and nothing in it.
func importStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(storetest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	regenboogBoard = Institution{Code: "10249", Name: "Stichting De Regenboog", Place: "VOORBEELDSTAD", KvK: "90001234"}
	duinhaven      = Institution{Code: "31002", Name: "Gemeente Duinhaven", Place: "DUINHAVEN"}
	regenboog      = Institution{Code: "03AB", Name: "De Regenboog", Place: "VOORBEELDSTAD", Board: "10249"}
)

func importInstitutions(t *testing.T, s *Store, want Tally, list ...Institution) {
	t.Helper()
	if got, err := s.importList(t, list...); got != want || err != nil {
		t.Fatalf("import: %+v, %v; want %+v", got, err, want)
	}
}

func (s *Store) importList(t *testing.T, list ...Institution) (tally Tally, err error) {
	err = s.Import(t.Context(), false, func(tx *Tx) (err error) {
		tally, err = tx.ImportInstitutions(t.Context(), list, today)
		return err
	})
	return tally, err
}

func storedInstitutions(t *testing.T, s *Store) (all []Institution) {
	t.Helper()
	err := s.db.SelectContext(t.Context(), &all, `
		select code, name, place, coalesce(board, '') as board, coalesce(kvk, '') as "kvk" from institutions order by code`)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestImportInstitutions(t *testing.T) {
	t.Parallel()
	s := importStore(t)
	importInstitutions(t, s, Tally{New: 3}, duinhaven, regenboog, regenboogBoard)
	importInstitutions(t, s, Tally{Unchanged: 3}, duinhaven, regenboog, regenboogBoard)

	moved, merged, bare := regenboog, regenboogBoard, duinhaven
	moved.Name, moved.Board = "De Nieuwe Regenboog", "31002"
	merged.KvK = ""
	bare.Place = "" // a list without places
	importInstitutions(t, s, Tally{Changed: 2, Unchanged: 1}, moved, merged, bare)
	bare.KvK = "90031002"
	importInstitutions(t, s, Tally{Changed: 1}, bare)
	bare.Place = duinhaven.Place
	if got, want := storedInstitutions(t, s), []Institution{moved, merged, bare}; !slices.Equal(got, want) {
		t.Fatalf("stored %+v\nwant   %+v", got, want)
	}
	importInstitutions(t, s, Tally{Changed: 1}, regenboog)
	var kind onboarding.InstitutionKind
	if err := s.db.GetContext(t.Context(), &kind, `select kind from institutions where code = '10249'`); err != nil || kind != onboarding.Board {
		t.Fatalf("10249 is a %q, %v", kind, err)
	}
}

func TestImportInstitutionsIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := importStore(t)
	orphan := regenboog
	orphan.Board = "99999"
	if _, err := s.importList(t, regenboogBoard, orphan); err == nil {
		t.Fatal("a school of an unknown board is accepted")
	}
	if got := storedInstitutions(t, s); len(got) != 0 {
		t.Fatalf("stored %+v, want nothing", got)
	}
}

func TestUnknownInstitutions(t *testing.T) {
	t.Parallel()
	s := importStore(t)
	importInstitutions(t, s, Tally{New: 2}, regenboogBoard, regenboog)
	got, err := s.UnknownInstitutions(t.Context(), []onboarding.InstitutionCode{"16AH", "03AB", "10249", "00731", "16AH"})
	if want := []onboarding.InstitutionCode{"00731", "16AH"}; err != nil || !slices.Equal(got, want) {
		t.Fatalf("unknown %v, %v; want %v", got, err, want)
	}
}

func TestTenThousandInstitutionsTakeSeconds(t *testing.T) {
	t.Parallel()
	s := importStore(t)
	var list []Institution
	for i := range 10_000 {
		list = append(list, Institution{Code: onboarding.InstitutionCode(fmt.Sprintf("%05d", i)), Name: "Stichting"})
	}
	start := time.Now()
	importInstitutions(t, s, Tally{New: 10_000}, list...)
	importInstitutions(t, s, Tally{Unchanged: 10_000}, list...)
	t.Logf("twice 10,000 institutions took %v", time.Since(start))
}
