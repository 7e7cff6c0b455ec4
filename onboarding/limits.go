package onboarding

import "time"

// Times of a linking (security: recommended numbers).
const (
	LinkingOpen     = 72 * time.Hour   // from the login that started it
	EmailChangeOpen = 24 * time.Hour   // from the first form of the new address
	ProofGood       = 24 * time.Hour   // a proven credential; after that it is asked again
	PINLife         = 15 * time.Minute // from the moment a mail server accepted the mail
	PINRepeatable   = 5 * time.Minute  // with as much life left, a resend repeats the same PIN
	PINMailInterval = 60 * time.Second // between two PIN mails of a case
	HandoverLife    = 10 * time.Minute
	ExtendBy        = 24 * time.Hour // what an agent adds to the deadline of a case, at most Extensions times
	PendingLogin    = 15 * time.Minute
	CodeLife        = 21 * 24 * time.Hour // of an activation code, from its issue: a letter has to arrive
	AttentionAfter  = 5 * time.Minute     // of an effect that does not get done

	PINMailAlarmWindow = 10 * time.Minute
)

// Times after which data is swept (security: retention).
const (
	CaseKept     = 30 * 24 * time.Hour  // after its end: rows of a case, its mails, and who did not finish
	DraftKept    = 72 * time.Hour       // what was typed at the link page, for after a new login
	OutcomeKept  = 30 * 24 * time.Hour  // as long as the engine keeps the history that may ask for it again
	AttemptsKept = 30 * 24 * time.Hour  // after the last one, and after every lock
	IPKept       = 30 * 24 * time.Hour  // in the audit
	AuditKept    = 397 * 24 * time.Hour // 13 months
)

// Numbers of a linking.
const (
	PINTries            = 5 // per PIN
	PINMailsPerCase     = 5
	PINAddressesPerCase = 3
	SessionsAtOnce      = 5
	PINMailAlarm        = 300 // of anybody within PINMailAlarmWindow: somebody has to look
)

// Times of a session.
const (
	SessionIdleLinked   = 15 * time.Minute
	SessionIdleUnlinked = 45 * time.Minute // nothing but linking is reachable; a slow mail must log nobody out
	SessionLife         = 8 * time.Hour
	SessionTouch        = time.Minute      // the last use is written at most so often
	LoginFresh          = 15 * time.Minute // as old may a login be when a proof is given with it
)

var ladder = []time.Duration{15 * time.Minute, 2 * time.Hour, 24 * time.Hour}

var hour = []time.Duration{time.Hour}

var day = []time.Duration{24 * time.Hour}

// waits follow each wrong try after the first Max: NIST SP 800-63B lets them grow from 30 seconds to an hour.
var waits = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
	16 * time.Minute, 32 * time.Minute, time.Hour}

// The limits of one identity, case, account or address.
var (
	CredentialTries         = Limit{Scope: "credentials", Max: 5, Window: 15 * time.Minute, Locks: ladder}      // identity and username
	CredentialIdentityTries = Limit{Scope: "credentials-identity", Max: 10, Window: 24 * time.Hour, Locks: day} // identity
	CodeTries               = Limit{Scope: "code", Max: 5, Window: time.Hour, Locks: hour}                      // identity
	PINCaseTries            = Limit{Scope: "pin-case", Max: 5, Window: LinkingOpen, Locks: ladder}              // linking
	PINIdentityTries        = Limit{Scope: "pin-identity", Max: 15, Window: 24 * time.Hour, Locks: day}         // identity
	PINAccountTries         = Limit{Scope: "pin-account", Max: 30, Window: 24 * time.Hour, Locks: day}          // account
	MailsPerAddress         = Limit{Scope: "mail-address", Max: 10, Window: 24 * time.Hour, Locks: day}         // address
	MailsPerIdentity        = Limit{Scope: "mail-identity", Max: 10, Window: 24 * time.Hour, Locks: day}        // identity
)

// What agents of the helpdesk may do, and how often: so many that nobody is left alone, so few that a lock is one.
var (
	Unlocks    = Limit{Scope: "unlocks", Max: 3, Window: 24 * time.Hour, Locks: day} // identity
	Extensions = Limit{Scope: "extensions", Max: 3}                                  // case, in its life
)

// The limits on questions to representatives.
var (
	ApprovalsPerIdentity    = Limit{Scope: "approvals-identity", Max: 5, Window: 24 * time.Hour, Locks: day} // identity
	ApprovalMailsPerAddress = Limit{Scope: "approval-address", Max: 10, Window: 24 * time.Hour, Locks: day}  // of a representative
)

// The limits of one username over all identities that try it (decision 15).
var (
	// OrganisationTries counts what identities of one organisation try: more than 20 in an hour get slower and slower.
	OrganisationTries = Limit{Scope: "credentials-organisation", Max: 21, Window: time.Hour, Locks: waits, Narrows: true}
	// UsernameTries counts what anybody tries, in a row: so many close the door to other organisations.
	UsernameTries = Limit{Scope: "credentials-username", Max: 100}
)

// Pace is how often one network may do something: an IPv4 address or an IPv6 /64; a /48 may four times as much. A
// school often has one address, so a pace slows down and never locks.
type Pace struct {
	Events int
	Per    time.Duration
	Burst  int // at once, after a rest
}

// The paces, and what they count.
var (
	LoginPace      = Pace{10, time.Minute, 20}      // logins started; answers of the broker, as each may write a line of audit
	CredentialPace = Pace{30, 10 * time.Minute, 30} // forms with a password
	PINPace        = Pace{60, 10 * time.Minute, 60} // forms with a PIN or an address
	PINMailPace    = Pace{30, time.Hour, 30}        // mails with a PIN asked for
)
