package onboarding

import "time"

// Times of an approval. While it is awaited the other clocks of its case stand still.
const (
	ApprovalOpen    = 7 * 24 * time.Hour // from the question to the representatives
	ApprovalReminds = 3 * 24 * time.Hour // without an answer: another mail, with a link of its own
	ApprovalLate    = 5 * 24 * time.Hour // without an answer: the helpdesk has to look
)

// Decision is what became of a question to the representatives of an institution.
type Decision string

const (
	Approved  Decision = "approved"
	Declined  Decision = "refused"
	Lapsed    Decision = "lapsed"    // nobody answered in time
	Withdrawn Decision = "withdrawn" // whoever waited has stopped, or goes on with other details
)

// Ground is why representatives are asked.
type Ground string

const (
	OtherOrganisation Ground = "organisation" // the organisation of the login is not the board
	HeldAlready       Ground = "held"         // it is, but somebody else holds the account
	NoContact         Ground = "contact"      // it is, but no register has the person as contact
)

// ByRepresentative is who has decided in the name of the institution: anybody who holds the link of a mail to its
// representatives. An agent is named by an id.
const ByRepresentative = "representative"

// AwaitRepresentative is the step at which somebody of the institution has to approve.
const AwaitRepresentative Step = "await_representative"

// What approvals add to the outcomes.
const (
	NeedsApproval    Outcome = "needs_approval" // the organisation of the login is not the board: representatives are asked until Until
	TooManyQuestions Outcome = "too_many_questions"
	NotApproved      Outcome = "not_approved"    // a representative or the helpdesk has refused
	NotAnswered      Outcome = "not_answered"    // nobody has answered in time
	DeadLink         Outcome = "dead_link"       // of a mail: replaced, too old, or none of ours
	AlreadyDecided   Outcome = "already_decided" // somebody has answered, or nobody waits for an answer any more
	Proposed         Outcome = "proposed"        // noted; another agent has to confirm it
	SecondNeeded     Outcome = "second_needed"   // the agent has proposed this already: another one has to confirm it
)

// NoAgent is the outcome of an act of somebody who has been revoked, or has a role that may not.
const NoAgent Outcome = "no_agent"

// The mails about approvals.
const (
	ApprovalMail             MailKind = "approval"          // asks a representative, with a link
	ApprovalReminderMail     MailKind = "approval_reminder" // asks once more, with another link
	AskedMail                MailKind = "asked"             // to the address that the account had: representatives are asked
	ApprovedMail             MailKind = "approved"          // this and the next two: to whoever waited
	NotApprovedMail          MailKind = "not_approved"
	NotAnsweredMail          MailKind = "not_answered"
	RepresentativeNoticeMail MailKind = "representative_notice" // a link was made
)
