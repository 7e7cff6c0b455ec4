package onboarding

import (
	"testing"
	"time"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestEveryRoundOfTriesLocksLongerUntilADayOfQuiet(t *testing.T) {
	var a Attempts
	now := start
	for round, want := range []time.Duration{15 * time.Minute, 2 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
		for range CredentialTries.Max {
			if a.LockedAt(now) {
				t.Fatalf("round %d: locked too early", round)
			}
			a = CredentialTries.Add(a, now)
		}
		if got := a.LockedUntil.Sub(now); got != want {
			t.Errorf("round %d: locked for %v, want %v", round, got, want)
		}
		now = a.LockedUntil.Add(-time.Second)
		if !a.LockedAt(now) || CredentialTries.Left(a, now) != 0 {
			t.Errorf("round %d: open a second before its end", round)
		}
		if now = a.LockedUntil; a.LockedAt(now) {
			t.Errorf("round %d: still locked at its end", round)
		}
		if round == 2 { // the third lock lasts a day, and a day of quiet forgets the locks
			a.LastAt = now.Add(-23 * time.Hour)
		}
	}
	now = now.Add(24 * time.Hour)
	for range CredentialTries.Max {
		a = CredentialTries.Add(a, now)
	}
	if got := a.LockedUntil.Sub(now); got != 15*time.Minute {
		t.Errorf("after a day of quiet: locked for %v, want 15m", got)
	}
}

func TestTriesOutsideTheWindowDoNotCount(t *testing.T) {
	a := CredentialTries.Add(Attempts{}, start)
	a = CredentialTries.Add(a, start.Add(14*time.Minute))
	if left := CredentialTries.Left(a, start.Add(14*time.Minute)); left != 3 {
		t.Errorf("left %d within the window, want 3", left)
	}
	a = CredentialTries.Add(a, start.Add(15*time.Minute))
	if left := CredentialTries.Left(a, start.Add(15*time.Minute)); left != 4 {
		t.Errorf("left %d in a new window, want 4", left)
	}
}
