package workflows

import (
	"time"

	"koppel/onboarding"
)

// AdditionView is what the query LinkingState of an addition answers.
type AdditionView struct {
	Reference    onboarding.Reference
	Step         onboarding.Step
	Since, Until time.Time
	LastOutcome  onboarding.Outcome
	Attention    string
}

func (c *addition) view() AdditionView {
	return AdditionView{c.in.Reference, c.step, c.since, c.until(), c.verdict.Outcome, c.attention}
}

var additionSteps = map[onboarding.Step]string{
	onboarding.AwaitProof:          "Wacht op een bewijs voor de instelling",
	onboarding.AwaitRepresentative: "Wacht op toestemming van de gemachtigde",
	onboarding.Completing:          "Instelling wordt toegevoegd",
	onboarding.Notifying:           "Toegevoegd; bevestigingen worden gemaild",
	onboarding.Added:               "Toegevoegd aan het account",
	onboarding.Expired:             "Verlopen: niet op tijd afgemaakt",
	onboarding.Cancelled:           "Gestopt: er is niets toegevoegd",
	onboarding.Voided:              "Vervallen: de eHerkenning is intussen ontkoppeld",
}

// additionAdvice says whose turn it is and what an agent can do now.
var additionAdvice = map[onboarding.Step]string{
	onboarding.AwaitProof:          "Kijk of de gebruiker met het e-mailadres van het account in het register staat als contactpersoon, en heeft ingelogd voor het bestuur van deze instelling. Zo niet, dan helpen de gebruikersnaam en het wachtwoord van de instelling, een activatiecode, of de toestemming van de gemachtigde: de pagina biedt alle drie.",
	onboarding.AwaitRepresentative: representativeAdvice,
	onboarding.Completing:          "Wachten: dit duurt gewoonlijk een paar tellen. De gebruiker hoeft niets opnieuw te doen.",
	onboarding.Notifying:           "Niets. De gebruiker kan met de instelling werken; alleen de bevestigingen moeten nog weg.",
	onboarding.Added:               "Klaar. De gebruiker kan met de instelling werken.",
	onboarding.Expired:             "Klaar; er is niets toegevoegd. De gebruiker begint opnieuw bij Account toevoegen.",
	onboarding.Voided:              "Klaar; er is niets toegevoegd. Wie nog een account heeft, begint opnieuw bij Account toevoegen.",
	onboarding.Cancelled:           "Klaar; er is niets toegevoegd. De gebruiker begint opnieuw bij Account toevoegen.",
}

func (c *addition) words() (heading, counsel string) {
	if c.step == onboarding.Cancelled && c.stoppedByDesk {
		return stoppedName, stoppedAdvice
	}
	return additionSteps[c.step], additionAdvice[c.step]
}

func (c *addition) trouble() string { return c.approval.trouble() }

func (c *addition) facts() []fact { return []fact{c.approval.fact()} }

func (c *addition) footer() string { return "" }
