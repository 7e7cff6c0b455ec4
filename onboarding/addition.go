package onboarding

import "time"

// AdditionOpen is how long an addition waits for its proof, from its beginning.
const AdditionOpen = 72 * time.Hour

// MembershipSource is why a person may act for an institution.
type MembershipSource string

const (
	FromLegacy     MembershipSource = "legacy"     // an account of the old system
	FromActivation MembershipSource = "activation" // an activation code
	FromRegister   MembershipSource = "register"   // the register of contact persons
	FromApproval   MembershipSource = "approval"   // a representative of the institution
)

// Added is the step of an addition that has been made.
const Added Step = "added"

// What may become of something that is shown for an institution.
const (
	AlreadyAdded     Outcome = "already_added"     // the institution is in the account
	NotContact       Outcome = "not_contact"       // no register has the person as contact for it
	OtherInstitution Outcome = "other_institution" // a right credential, of another institution than the one to be added
	OtherBoard       Outcome = "other_board"       // the organisation of the login is not the board of the institution
)

// The mails about an institution that was added: to the person, and to its representatives.
const (
	AddedMail       MailKind = "added"
	AddedNoticeMail MailKind = "added_notice"
	JoinedMail      MailKind = "joined" // another login can use the account
)

// What the audit tells of additions.
const (
	AdditionRight   Event = "addition.right"   // what was shown counts: the institution is being added
	AdditionRefused Event = "addition.refused" // with the outcome
	CaseAdded       Event = "added"
	IdentityJoined  Event = "identity.joined" // another login of a person who was logged in
)
