package onboarding

import "time"

// Times of a request for a new password.
const (
	ResetOpen          = 7 * 24 * time.Hour // from the last time that it was asked for
	ResetLinkLife      = 24 * time.Hour     // from the moment a mail server accepted the mail
	ResetFirstReminder = 3 * 24 * time.Hour // from the last time that it was asked for: another mail, with a link of its own
	ResetLastReminder  = 6 * 24 * time.Hour // so that the last link works until the request ends
)

// ResetsPerInstitution is how many requests for accounts of one institution may await its representative at a time.
const ResetsPerInstitution = 3

// The limits of requests for a new password.
var (
	ResetsPerAccount  = Limit{Scope: "reset-account", Max: 2, Window: 24 * time.Hour, Locks: day}   // account
	ResetsPerIdentity = Limit{Scope: "reset-identity", Max: 10, Window: 24 * time.Hour, Locks: day} // identity, whatever it asks for
)

// Steps of a request for a new password, besides Notifying, Expired and Cancelled.
const (
	Finding         Step = "finding"        // the account and its representative are being looked up
	MailingLink     Step = "mailing_link"   // the mail to the representative is on its way
	AwaitHelpdesk   Step = "await_helpdesk" // no representative is known
	AwaitEnd        Step = "await_end"      // nothing is mailed, and nobody told so: no such account, or too many requests
	PasswordChanged Step = "password_changed"
	Unmailed        Step = "unmailed" // it awaited its end so
	Voided          Step = "voided"   // the account was linked, or got its password another way
)

// What becomes of a request for a new password, besides Accepted and TooManyRequests; and of the form behind a link,
// besides DeadLink.
const (
	UnknownAccount   Outcome = "unknown_account"
	NoRepresentative Outcome = "no_representative"
	TooManyRequests  Outcome = "too_many_requests"
	KnownPassword    Outcome = "known_password" // what attackers try first
	VoidRequest      Outcome = "void_request"   // the account was linked, or got its password another way
)

// Mails of a request for a new password.
const (
	ResetMail           MailKind = "reset"            // to a representative, with a link
	ResetReminderMail   MailKind = "reset_reminder"   // the same once more, with another link
	PasswordChangedMail MailKind = "password_changed" // to a representative
	OwnPasswordMail     MailKind = "own_password"     // to the address of the account
)
