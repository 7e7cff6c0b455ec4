package store

import (
	"testing"
	"time"

	"koppel/onboarding"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func (s *Store) rows(t *testing.T, table string) (n int) {
	t.Helper()
	if err := s.db.Get(&n, `select count(*) from `+table); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRowsThatHaveEndedAreSweptByTheNextWrite(t *testing.T) {
	s := importStore(t)
	write := func(id string, now time.Time) {
		t.Helper()
		for _, err := range []error{
			s.SaveHandover(t.Context(), Handover{ID: id, WorkflowID: "w", Sealed: []byte("x"), CreatedAt: now}),
			s.SavePendingLogin(t.Context(), PendingLogin{RelayState: id, Browser: "b", RequestID: id, Language: "nl"}, "", now),
			s.RecordLogin(t.Context(), onboarding.Login{AssertionID: id}, Identity{Hash: "i" + id, Sealed: []byte("x"), Organisation: "90001234", Level: onboarding.EH3, Supplier: "ad"}, "", now),
			s.SaveSession(t.Context(), Session{TokenHash: []byte(id), Identity: "i" + id, FormKey: []byte("k"),
				AuthenticatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(onboarding.SessionLife)}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	write("1", noon)
	write("2", noon.Add(time.Minute))
	write("3", noon.Add(25*time.Hour))
	for _, table := range []string{"handovers", "pending_logins", "used_assertions", "sessions"} {
		if n := s.rows(t, table); n != 1 {
			t.Errorf("%d rows of %s are left, want the one that has not ended", n, table)
		}
	}
}

func TestOnlyTheNewestSessionsOfAnIdentityStay(t *testing.T) {
	s := importStore(t)
	err := s.RecordLogin(t.Context(), onboarding.Login{AssertionID: "a"}, Identity{Hash: "i", Sealed: []byte("x"), Organisation: "90001234", Level: onboarding.EH3, Supplier: "ad"}, "", noon)
	if err != nil {
		t.Fatal(err)
	}
	for i := range onboarding.SessionsAtOnce + 2 {
		now := noon.Add(time.Duration(i) * time.Minute)
		err := s.SaveSession(t.Context(), Session{TokenHash: []byte{byte(i)}, Identity: "i", FormKey: []byte("k"),
			AuthenticatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(onboarding.SessionLife)})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := s.rows(t, "sessions"); n != onboarding.SessionsAtOnce {
		t.Errorf("%d sessions, want %d", n, onboarding.SessionsAtOnce)
	}
	if _, err := s.Session(t.Context(), []byte{0}, noon.Add(5*time.Minute)); onboarding.KindOf(err) != onboarding.NotFound {
		t.Errorf("the oldest session lives: %v", err)
	}
	if _, err := s.Session(t.Context(), []byte{6}, noon.Add(7*time.Minute)); err != nil {
		t.Errorf("the newest session: %v", err)
	}
}

func TestSessionEndsAfterIdleTime(t *testing.T) {
	s := importStore(t)
	err := s.RecordLogin(t.Context(), onboarding.Login{AssertionID: "a"}, Identity{Hash: "i", Sealed: []byte("x"), Organisation: "90001234", Level: onboarding.EH3, Supplier: "ad"}, "", noon)
	if err != nil {
		t.Fatal(err)
	}
	for linked, idle := range map[bool]time.Duration{true: onboarding.SessionIdleLinked, false: onboarding.SessionIdleUnlinked} {
		token := []byte{byte(idle.Minutes())}
		err := s.SaveSession(t.Context(), Session{TokenHash: token, Identity: "i", FormKey: []byte("k"), Linked: linked,
			AuthenticatedAt: noon, LastUsedAt: noon, ExpiresAt: noon.Add(onboarding.SessionLife)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Session(t.Context(), token, noon.Add(idle-time.Second)); err != nil {
			t.Errorf("linked %v: ended before %v: %v", linked, idle, err)
		}
		if _, err := s.Session(t.Context(), token, noon.Add(idle)); onboarding.KindOf(err) != onboarding.NotFound {
			t.Errorf("linked %v: lives after %v: %v", linked, idle, err)
		}
	}
}
