package helpdesk

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Act says who does something, why, and where the conversation about it stands. It holds nothing personal: Temporal
// and the audit keep it.
type Act struct {
	Agent  string // id
	Reason Reason
	Ticket Ticket
}

// NewAct accounts for what an agent is about to do.
func NewAct(agent Agent, verb Verb, reason, ticket string) (Act, error) {
	if !agent.Role.May(verb) {
		return Act{}, ErrRole
	}
	why, err := ParseReason(reason)
	number, badTicket := ParseTicket(ticket)
	if err = errors.Join(err, badTicket); err != nil {
		return Act{}, err
	}
	return Act{agent.ID, why, number}, nil
}

// Detail is what the audit keeps of an act, with what it is about.
func (a Act) Detail(about map[string]any) map[string]any {
	detail := map[string]any{"agent": a.Agent, "reason": a.Reason, "ticket": a.Ticket}
	maps.Copy(detail, about)
	return detail
}

// Confirms is ErrSame when the agent is the one who proposed: two agents have to see it.
func (a Act) Confirms(proposer string) error {
	if a.Agent == proposer {
		return ErrSame
	}
	return nil
}

// Reason is why an agent acts, from a closed list: free text would get personal.
type Reason string

// The reasons.
const (
	NewInstitution   Reason = "new_institution"   // a school or board without an account
	LostLetter       Reason = "lost_letter"       // with an activation code
	NewSupplier      Reason = "new_supplier"      // another supplier, means or pseudonym
	LostAccess       Reason = "lost_access"       // the means or the mailbox is gone
	Left             Reason = "left"              // the person no longer works there
	NotMine          Reason = "not_mine"          // the person did not make this link
	Mistake          Reason = "mistake"           // of the user or the helpdesk
	Incident         Reason = "incident"          // of security
	NoRepresentative Reason = "no_representative" // none is registered
	NoAnswer         Reason = "no_answer"         // of the representative
	Outage           Reason = "outage"            // of a part of the system
	Mended           Reason = "mended"            // likewise: it is over
)

// reasons are what the helpdesk reads in Temporal UI.
var reasons = map[Reason]string{
	NewInstitution:   "nieuwe school of nieuw bestuur",
	LostLetter:       "brief met activatiecode kwijt of niet aangekomen",
	NewSupplier:      "andere leverancier of ander eHerkenningsmiddel",
	LostAccess:       "eHerkenningsmiddel of mailbox kwijt",
	Left:             "de medewerker werkt er niet meer",
	NotMine:          "de gebruiker heeft deze koppeling niet gemaakt",
	Mistake:          "vergissing hersteld",
	Incident:         "beveiligingsincident",
	NoRepresentative: "geen gemachtigde bekend",
	NoAnswer:         "de gemachtigde antwoordt niet",
	Outage:           "storing",
	Mended:           "storing verholpen",
}

// Reasons lists the reasons by name.
func Reasons() []Reason { return slices.Sorted(maps.Keys(reasons)) }

// Dutch is the reason as the helpdesk reads it.
func (r Reason) Dutch() string { return reasons[r] }

// Returns tells whether a person whose link is removed for this reason is expected to link again.
func (r Reason) Returns() bool { return r == NewSupplier || r == LostAccess || r == Mistake }

// ParseReason accepts a reason from the list.
func ParseReason(s string) (Reason, error) {
	if _, known := reasons[Reason(s)]; !known {
		return "", fmt.Errorf("--reason: want one of %s", strings.Join(names(), ", "))
	}
	return Reason(s), nil
}

func names() (all []string) {
	for _, reason := range Reasons() {
		all = append(all, string(reason))
	}
	return all
}

// Ticket is the number of a conversation in the helpdesk's own system: HD-20261, or 20261.
type Ticket string

var ticketPattern = regexp.MustCompile(`^([A-Z]{1,6}-)?[0-9]{3,10}$`)

// ParseTicket accepts a number with letters before it or without. What does not look like one is not repeated.
func ParseTicket(s string) (Ticket, error) {
	number := strings.ToUpper(strings.TrimSpace(s))
	if !ticketPattern.MatchString(number) {
		return "", errors.New("--ticket: want a number of 3 to 10 digits, with letters and a dash before it if it has them: HD-20261")
	}
	return Ticket(number), nil
}
