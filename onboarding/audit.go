package onboarding

// Event names a line of the audit.
type Event string

// What the audit tells. Endings of a case stand in it under the name of their Step: expired, cancelled.
const (
	LoginStarted    Event = "login.started" // a browser was sent to the broker
	LoginAccepted   Event = "login.accepted"
	LoginRefused    Event = "login.refused" // with a reason and the reference that the page showed
	ProofRight      Event = "proof.right"
	ProofWrong      Event = "proof.wrong"
	ProofLocked     Event = "proof.locked"     // not judged: too many wrong ones before it
	ProofClosed     Event = "proof.closed"     // not judged: too many wrong ones for this username
	ProofTaken      Event = "proof.taken"      // conflict: the account belongs to somebody
	ProofMismatch   Event = "proof.mismatch"   // right, but the organisation of the login is not the board
	ProofEnded      Event = "proof.ended"      // conflict: the account's institution has closed
	ProofCodeUsed   Event = "proof.code_used"  // conflict: the activation code has made a link
	ProofCodeEnded  Event = "proof.code_ended" // the activation code is too old, or was replaced
	CodeIssued      Event = "code.issued"
	CodeVoided      Event = "code.voided"
	ProofVoid       Event = "proof.void"    // too old, or the account was taken before the link was made
	PINRequested    Event = "pin.requested" // another mail was asked for
	PINRight        Event = "pin.right"
	PINWrong        Event = "pin.wrong"
	PINLocked       Event = "pin.locked"   // not judged: too many wrong ones before it
	PINEnded        Event = "pin.ended"    // right or wrong, but past its time or its tries
	PINReplaced     Event = "pin.replaced" // right once, void since a change of address
	AddressChanged  Event = "address.changed"
	LimitReached    Event = "limit.reached" // on mails or addresses; limits on tries are …locked
	CaseLinked      Event = "linked"
	EmailChanged    Event = "email.changed"
	ResetAsked      Event = "reset.asked" // a new password, for whatever was typed: with the outcome
	ResetReminded   Event = "reset.reminded"
	PasswordReset   Event = "password.reset" // a representative has chosen one
	MailRequested   Event = "mail.queued"
	MailAccepted    Event = "mail.accepted"
	MailTurnedDown  Event = "mail.refused"
	MailReturned    Event = "mail.bounced"
	SessionsEnded   Event = "sessions.ended" // by their person, on another one
	RegisterRead    Event = "register.imported"
	SettingsChanged Event = "settings.changed" // names of settings, not their values
	AgentAdded      Event = "agent.added"
	AgentRevoked    Event = "agent.revoked"
	AgentRefused    Event = "agent.refused"      // a token of nobody at work
	HelpdeskLooked  Event = "helpdesk.looked"    // up a reference; with the agent
	HelpdeskListed  Event = "helpdesk.listed"    // cases; likewise
	AgentResent     Event = "helpdesk.resent"    // a mail; this and what follows with agent, reason and ticket
	AgentProposed   Event = "helpdesk.proposed"  // another address
	AgentCorrected  Event = "helpdesk.corrected" // the address, by another agent
	AgentUnlocked   Event = "helpdesk.unlocked"
	AgentExtended   Event = "helpdesk.extended"
	AgentCancelled  Event = "helpdesk.cancelled"
	AgentRetried    Event = "ops.retried"       // a parked step, by an operator; this and what follows likewise
	ActivityReset   Event = "ops.reset"         // an activity in backoff, with its type
	MailHeld        Event = "ops.mail_held"     // for everybody
	MailReleased    Event = "ops.mail_released" // likewise
	UnlinkReported  Event = "unlink.reported"   // by the user: this link was not me
	UnlinkProposed  Event = "unlink.proposed"   // by an agent; this and what follows with agent, reason and ticket
	UnlinkConfirmed Event = "unlink.confirmed"  // by another agent: done
	UnlinkDismissed Event = "unlink.dismissed"  // by an agent: not done
)

// What the audit tells of approvals, with the number of the question and who decided.
const (
	ApprovalAsked     Event = "approval.asked"
	ApprovalReminded  Event = "approval.reminded"
	ApprovalProposed  Event = "approval.proposed" // by an agent
	ApprovalApproved  Event = "approval.approved"
	ApprovalRefused   Event = "approval.refused"
	ApprovalLapsed    Event = "approval.lapsed"
	ApprovalWithdrawn Event = "approval.withdrawn"
)
