package onboarding

import "time"

// Limit counts events of one subject within a window. Each time Max is reached the subject is locked for the next
// of Locks (the last one again and again); a day without events forgets the locks.
type Limit struct {
	Scope   string
	Max     int
	Window  time.Duration // zero: none, the events count until they are forgotten
	Locks   []time.Duration
	Narrows bool // once it has locked, every further event locks again
}

// Attempts is the count of one subject under a Limit.
type Attempts struct {
	Failures    int
	Locks       int
	FirstAt     time.Time
	LastAt      time.Time
	LockedUntil time.Time // zero or past: not locked
}

// LockedAt tells whether the subject is locked at now.
func (a Attempts) LockedAt(now time.Time) bool { return now.Before(a.LockedUntil) }

// Waited tells whether the subject has sat out a lock and has not tried since. It lapses an hour later.
func (a Attempts) Waited(now time.Time) bool {
	return a.LastAt.Before(a.LockedUntil) && !a.LockedAt(now) && now.Sub(a.LockedUntil) < time.Hour
}

// Add counts one event at now and returns the new count. It does not look at locks.
func (l Limit) Add(a Attempts, now time.Time) Attempts {
	if now.Sub(a.LastAt) >= 24*time.Hour {
		a.Locks = 0
	}
	if a.Failures == 0 || l.Window > 0 && now.Sub(a.FirstAt) >= l.Window {
		a.Failures, a.FirstAt = 0, now
	}
	a.Failures++
	a.LastAt = now
	if len(l.Locks) > 0 && (l.Reached(a) || l.Narrows && a.Locks > 0) {
		a.LockedUntil = now.Add(l.Locks[min(a.Locks, len(l.Locks)-1)])
		a.Locks++
		a.Failures = 0
	}
	return a
}

// Reached tells whether Max is reached; where there are locks, they begin then and the count starts anew.
func (l Limit) Reached(a Attempts) bool { return a.Failures >= l.Max }

// Left is how many events the subject has left before the next lock.
func (l Limit) Left(a Attempts, now time.Time) int {
	if a.LockedAt(now) {
		return 0
	}
	return l.Max - a.Failures
}

// OnTheMinute is the first whole minute that is not before t. A clock shows no seconds: what opens at t is said to
// open then, so that whoever comes at the time shown is let in.
func OnTheMinute(t time.Time) time.Time { return t.Add(time.Minute - 1).Truncate(time.Minute) }
