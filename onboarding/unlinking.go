package onboarding

import "time"

// UnlinkingOpen is how long a report waits for an agent, and a proposal for a second one.
const UnlinkingOpen = 7 * 24 * time.Hour

// The steps of an unlinking; Notifying comes between the last two of the helpdesk and Unlinked.
const (
	AwaitAgent       Step = "await_agent"        // an agent has to look
	AwaitSecondAgent Step = "await_second_agent" // one has proposed it
	Unlinked         Step = "unlinked"           // the identity has no person any more, and everybody has been told
)

// What unlinkings add to the outcomes.
const (
	NotLinked  Outcome = "not_linked"  // the identity has no person
	CodeNeeded Outcome = "code_needed" // it is the last way in: a new activation code has to stand ready first
)

// The mails about unlinkings.
const (
	UnlinkedMail       MailKind = "unlinked"        // to the person
	UnlinkedNoticeMail MailKind = "unlinked_notice" // to the representatives of the person's institutions
)
