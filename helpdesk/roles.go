package helpdesk

import (
	"encoding"
	"fmt"
	"slices"
)

// Role is what an agent is for.
type Role string

// The roles. Operators can put agents in the database, so they may not act as one: nobody is both of two agents.
const (
	Desk     Role = "helpdesk" // helps users: acts on cases
	Operator Role = "operator" // keeps the system running: looks, and repeats what failed
)

// Roles lists the roles.
func Roles() []Role { return []Role{Desk, Operator} }

var _ encoding.TextUnmarshaler = new(Role)

// MarshalText writes the name of a role.
func (r Role) MarshalText() ([]byte, error) { return []byte(r), nil }

// UnmarshalText reads the name of a role.
func (r *Role) UnmarshalText(text []byte) error {
	if !slices.Contains(Roles(), Role(text)) {
		return fmt.Errorf("%q is no role: want %s or %s", text, Desk, Operator)
	}
	*r = Role(text)
	return nil
}

// Verb is something an agent can do.
type Verb string

// The verbs.
const (
	Show      Verb = "show"      // look a reference up
	Recognise Verb = "recognise" // see first letter and domain of addresses, and names of institutions
	List      Verb = "list"      // cases by where they stand
	IssueCode Verb = "issue"     // make an activation code
	VoidCode  Verb = "void"      // make it useless
	ShowCode  Verb = "show-code" // when it was made and used; never the code
	Propose   Verb = "propose"   // approve, refuse or unlink, for another agent to confirm
	Confirm   Verb = "confirm"   // what another agent proposed
	Dismiss   Verb = "dismiss"   // end a proposal or a report without doing it
	Retry     Verb = "retry"     // have done again what failed
	Hold      Verb = "hold"      // keep mail back, and let it go

	Resend  Verb = "resend"          // renew the mail with a PIN, within its limits
	Correct Verb = "correct-address" // propose where it goes, for another agent to confirm
	Unlock  Verb = "unlock"          // end a lock after too many wrong tries
	Extend  Verb = "extend"          // move the deadline of a case
	Cancel  Verb = "cancel"          // end a case
)

// Verbs lists the verbs.
func Verbs() []Verb {
	return []Verb{Show, Recognise, List, IssueCode, VoidCode, ShowCode, Propose, Confirm, Dismiss, Retry, Hold, Resend, Correct, Unlock, Extend, Cancel}
}

var allowed = map[Role][]Verb{
	Desk:     {Show, Recognise, List, IssueCode, VoidCode, ShowCode, Propose, Confirm, Dismiss, Resend, Correct, Unlock, Extend, Cancel},
	Operator: {Show, List, ShowCode, Retry, Hold},
}

// May tells whether agents with that role do that.
func (r Role) May(v Verb) bool { return slices.Contains(allowed[r], v) }
