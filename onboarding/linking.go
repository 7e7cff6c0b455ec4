package onboarding

import (
	"strings"
	"time"
)

// Step is where a linking stands. Await… is a person's turn, …ing the system's; the rest is over.
type Step string

const (
	AwaitAddress Step = "await_address" // the new address of a change is awaited
	AwaitProof   Step = "await_proof"   // username and password, or an activation code, are awaited
	MailingPIN   Step = "mailing_pin"   // the first PIN for this address is on its way
	AwaitPIN     Step = "await_pin"     // a mail server has accepted a PIN
	Completing   Step = "completing"    // the identity is being bound to the account
	Notifying    Step = "notifying"     // the person is in; confirmations are being mailed
	Linked       Step = "linked"
	Changed      Step = "changed" // of an address
	Expired      Step = "expired"
	Cancelled    Step = "cancelled"
)

// Rests tells whether the step lasts: a person's turn, or the end.
func (s Step) Rests() bool { return s.Over() || strings.HasPrefix(string(s), "await_") }

// Over tells whether the case has ended.
func (s Step) Over() bool {
	switch s {
	case Linked, Added, Changed, PasswordChanged, Unmailed, Voided, Unlinked, Expired, Cancelled:
		return true
	}
	return false
}

// Outcome names what became of something a person submitted. Domain refusals are outcomes, not errors.
type Outcome string

const (
	Accepted         Outcome = "accepted"
	WrongCredentials Outcome = "wrong_credentials"
	WrongCode        Outcome = "wrong_code" // no activation code, or not its secret
	CodeUsed         Outcome = "code_used"  // a right activation code
	CodeEnded        Outcome = "code_ended" // a right activation code that was good for something until Until, or was replaced
	WrongPIN         Outcome = "wrong_pin"
	EndedPIN         Outcome = "ended_pin"         // expired, or its tries are used up
	ReplacedPIN      Outcome = "replaced_pin"      // voided by a change of address
	Locked           Outcome = "locked"            // too many wrong ones: the step opens again at Until
	Closed           Outcome = "closed"            // too many wrong passwords for this username: it takes no more from other organisations
	Taken            Outcome = "taken"             // the account belongs to somebody else by now
	InstitutionEnded Outcome = "institution_ended" // the account's institution has closed and nobody took it over
	TooSoon          Outcome = "too_soon"          // the last mail is less than a minute old
	TooManyMails     Outcome = "too_many_mails"
	TooManyAddresses Outcome = "too_many_addresses"
	AskAgain         Outcome = "ask_again"           // the hand-over is gone: fill in the form again
	StoppedByDesk    Outcome = "stopped_by_helpdesk" // an agent has ended the case
	NotLocked        Outcome = "not_locked"          // there is no lock that an agent could end
	TooOften         Outcome = "too_often"           // agents have done it as often as they may; again at Until, where there is one
	TooBusy          Outcome = "too_busy"            // no check slot was free in time; nothing was counted
	CheckFailed      Outcome = "check_failed"        // a part that the check needs is away; nothing was counted
)

// Verdict is the answer to a submitted form. It holds nothing personal: Temporal keeps it.
type Verdict struct {
	Outcome   Outcome
	TriesLeft int       // after a wrong credential or PIN
	Until     time.Time // when a lock or a waiting time ends, or a replacing PIN was requested
}

// MailState is what became of a mail.
type MailState string

const (
	MailQueued     MailState = "queued"
	MailLate       MailState = "late"       // at least one attempt failed; it is being repeated
	MailSent       MailState = "sent"       // a mail server has accepted it
	MailRefused    MailState = "refused"    // a mail server has refused it for good
	MailBounced    MailState = "bounced"    // came back after a mail server had accepted it
	MailSuperseded MailState = "superseded" // its PIN was voided before it left
)

// MailKind names a mail of a case.
type MailKind string

const (
	PINMail           MailKind = "pin"
	LinkedMail        MailKind = "linked"
	OwnerNoticeMail   MailKind = "owner_notice" // to the address that the old account had, where it is another one
	ReminderMail      MailKind = "reminder"
	LockedMail        MailKind = "locked"
	ChangeAskedMail   MailKind = "change_asked"   // and the next two, of a change of address: to the old one at once
	ChangedMail       MailKind = "changed"        // to the new one
	ChangedNoticeMail MailKind = "changed_notice" // to the old one
	RegisterMail      MailKind = "register"       // a change in the registers; its case is the notice
)
