package workflows

import (
	"fmt"
	"slices"
	"strings"

	"koppel/onboarding"
)

// Offer is a command by which an agent of the helpdesk acts on a case, as the details name it.
type Offer struct {
	Command string // below koppel, with REF for the reference
	Does    string // in Dutch

	event string            // of the table of the case; empty: it is about something else than the case
	at    []onboarding.Step // where it is named, if not where the table has the event
}

// why is what a command needs besides: a reason from `koppel helpdesk --help`, and the number of the conversation.
const why = " --reason REDEN --ticket NUMMER"

// offers are all such commands. Every event of a table that is the helpdesk's is among them.
var offers = []Offer{
	{event: AgentDecide, Command: "helpdesk approve REF", Does: "in plaats van de gemachtigde toestaan; een tweede medewerker geeft dezelfde opdracht"},
	{event: AgentDecide, Command: "helpdesk refuse REF", Does: "in plaats van de gemachtigde weigeren; een tweede medewerker geeft dezelfde opdracht"},
	{event: AgentResend, Command: "helpdesk resend REF", Does: "de mail met de pincode opnieuw laten sturen"},
	{event: AgentCorrect, Command: "helpdesk correct-address REF", Does: "een ander e-mailadres voor de pincode; een tweede medewerker geeft dezelfde opdracht met hetzelfde adres"},
	{event: AgentUnlock, Command: "helpdesk unlock REF", Does: "van slot halen na te veel foute wachtwoorden, codes of pincodes"},
	{event: AgentExtend, Command: "helpdesk extend REF", Does: "een dag meer tijd geven"},
	{event: AgentCancel, Command: "helpdesk cancel REF", Does: "de zaak stoppen; de gebruiker kan opnieuw beginnen"},
	{event: ProposeUnlink, Command: "helpdesk unlink REF", Does: "ontkoppelen voorstellen; een tweede medewerker bevestigt",
		at: steps(onboarding.Linked, onboarding.AwaitAgent)},
	{event: ConfirmUnlink, Command: "helpdesk unlink confirm REF", Does: "het voorstel van een ander bevestigen: er wordt ontkoppeld"},
	{event: DismissUnlink, Command: "helpdesk unlink dismiss REF", Does: "niet ontkoppelen: er verandert niets"},
	{Command: "helpdesk code issue INSTELLING", Does: "een activatiecode maken, in een brief aan de school of het bestuur",
		at: steps(onboarding.AwaitProof, onboarding.AwaitHelpdesk, onboarding.AwaitEnd, onboarding.AwaitSecondAgent)},
	{Command: "helpdesk show REF", Does: "zien wat er eerder is gebeurd, ook als Temporal weg is"},
}

// Offers lists the commands that details may name.
func Offers() []Offer { return slices.Clone(offers) }

// offers are the lines of the details that say what an agent can do now.
func (j *journey) offers() (lines []string) {
	for _, offer := range offers {
		if j.takes(offer) {
			lines = append(lines, fmt.Sprintf("- %s:  \n  `koppel %s`", offer.Does, offer.typed(j.reference)))
		}
	}
	return lines
}

// takes tells whether the case would let an agent do it now.
func (j *journey) takes(offer Offer) bool {
	switch {
	case len(offer.at) > 0:
		return slices.Contains(offer.at, j.step)
	case offer.event == "":
		return true
	}
	guard := j.guards[offer.event]
	return j.table().admits(offer.event, j.step) && (guard == nil || guard() == nil)
}

// typed is the command about a case. Only what changes something has to be accounted for.
func (o Offer) typed(reference onboarding.Reference) string {
	text := strings.ReplaceAll(o.Command, "REF", string(reference))
	if o.event == "" && len(o.at) == 0 {
		return text
	}
	return text + why
}
