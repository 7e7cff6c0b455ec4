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

func TestWaitsDoubleFromHalfAMinuteToAnHour(t *testing.T) {
	var a Attempts
	now := start
	for range 20 {
		if a = OrganisationTries.Add(a, now); a.LockedAt(now) {
			t.Fatal("waiting within the first 20")
		}
	}
	for _, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
		16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour} {
		a = OrganisationTries.Add(a, now)
		if got := a.LockedUntil.Sub(now); got != want {
			t.Errorf("waits %v, want %v", got, want)
		}
		now = a.LockedUntil
	}
}

func TestTriesInARowCountWhateverTheTime(t *testing.T) {
	var a Attempts
	for day := range 100 {
		if UsernameTries.Reached(a) {
			t.Fatalf("reached after %d", day)
		}
		a = UsernameTries.Add(a, start.AddDate(0, 0, day))
	}
	if !UsernameTries.Reached(a) || a.LockedAt(start) {
		t.Errorf("after 100: %+v", a)
	}
}

func TestAWaitIsSatOutOnceAndNotForLong(t *testing.T) {
	a := Attempts{LastAt: start, LockedUntil: start.Add(time.Minute)}
	for after, want := range map[time.Duration]bool{59 * time.Second: false, time.Minute: true, time.Hour: true, 61 * time.Minute: false} {
		if a.Waited(start.Add(after)) != want {
			t.Errorf("after %v: %v, want %v", after, !want, want)
		}
	}
	if a = CredentialTries.Add(a, a.LockedUntil); a.Waited(a.LastAt) {
		t.Error("a second try is let in")
	}
	if (Attempts{}).Waited(start) {
		t.Error("waited without a lock")
	}
}

func TestTimesThatAreShownAreNotEarly(t *testing.T) {
	for at, want := range map[time.Duration]time.Duration{0: 0, time.Nanosecond: time.Minute, 59 * time.Second: time.Minute, time.Minute: time.Minute} {
		if got := OnTheMinute(start.Add(at)).Sub(start); got != want {
			t.Errorf("%v is shown as %v, want %v", at, got, want)
		}
	}
}
