package onboarding

import "time"

// Times of a linking (security: recommended numbers).
const (
	LinkingOpen     = 72 * time.Hour   // from the login that started it
	ProofGood       = 24 * time.Hour   // a proven credential; after that it is asked again
	PINLife         = 15 * time.Minute // from the moment a mail server accepted the mail
	PINRepeatable   = 5 * time.Minute  // with as much life left, a resend repeats the same PIN
	PINMailInterval = 60 * time.Second // between two PIN mails of a case
	HandoverLife    = 10 * time.Minute
	PendingLogin    = 15 * time.Minute
	AttentionAfter  = 5 * time.Minute // of an effect that does not get done
)

// Numbers of a linking.
const (
	PINTries            = 5 // per PIN
	PINMailsPerCase     = 5
	PINAddressesPerCase = 3
	SessionsAtOnce      = 5
)

// Times of a session.
const (
	SessionIdleLinked   = 15 * time.Minute
	SessionIdleUnlinked = 45 * time.Minute // nothing but linking is reachable; a slow mail must log nobody out
	SessionLife         = 8 * time.Hour
	SessionTouch        = time.Minute // the last use is written at most so often
)

// Limit counts events of one subject within a window. Each time Max is reached the subject is locked for the next
// of Locks (the last one again and again); a day without events forgets the locks.
type Limit struct {
	Scope  string
	Max    int
	Window time.Duration
	Locks  []time.Duration
}

var ladder = []time.Duration{15 * time.Minute, 2 * time.Hour, 24 * time.Hour}

var day = []time.Duration{24 * time.Hour}

// The limits of a linking and their subjects.
var (
	CredentialTries         = Limit{"credentials", 5, 15 * time.Minute, ladder}      // identity and username
	CredentialIdentityTries = Limit{"credentials-identity", 10, 24 * time.Hour, day} // identity
	PINCaseTries            = Limit{"pin-case", 5, LinkingOpen, ladder}              // linking
	PINIdentityTries        = Limit{"pin-identity", 15, 24 * time.Hour, day}         // identity
	PINAccountTries         = Limit{"pin-account", 30, 24 * time.Hour, day}          // account
	MailsPerAddress         = Limit{"mail-address", 10, 24 * time.Hour, day}         // address
	MailsPerIdentity        = Limit{"mail-identity", 10, 24 * time.Hour, day}        // identity
)

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

// Add counts one event at now and returns the new count. It does not look at locks.
func (l Limit) Add(a Attempts, now time.Time) Attempts {
	if now.Sub(a.LastAt) >= 24*time.Hour {
		a.Locks = 0
	}
	if now.Sub(a.FirstAt) >= l.Window || a.Failures == 0 {
		a.Failures, a.FirstAt = 0, now
	}
	a.Failures++
	a.LastAt = now
	if a.Failures >= l.Max {
		a.LockedUntil = now.Add(l.Locks[min(a.Locks, len(l.Locks)-1)])
		a.Locks++
		a.Failures = 0
	}
	return a
}

// Left is how many events the subject has left before the next lock.
func (l Limit) Left(a Attempts, now time.Time) int {
	if a.LockedAt(now) {
		return 0
	}
	return l.Max - a.Failures
}
