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
	onboarding.AwaitProof: "Wacht op een bewijs voor de instelling",
	onboarding.Completing: "Instelling wordt toegevoegd",
	onboarding.Notifying:  "Toegevoegd; bevestigingen worden gemaild",
	onboarding.Added:      "Toegevoegd aan het account",
	onboarding.Expired:    "Verlopen: niet op tijd afgemaakt",
	onboarding.Cancelled:  "Gestopt: er is niets toegevoegd",
}

// additionAdvice says whose turn it is and what an agent can do now.
var additionAdvice = map[onboarding.Step]string{
	onboarding.AwaitProof: "De gebruiker is aan de beurt. Staat de gebruiker met het e-mailadres van het account als contactpersoon in het register? Is de inlog van het bestuur van de instelling? Anders helpen gebruikersnaam en wachtwoord van de instelling.",
	onboarding.Completing: "Het systeem is aan de beurt. Duurt dit langer dan 5 minuten, waarschuw dan beheer.",
	onboarding.Notifying:  "De gebruiker kan met de instelling werken en hoeft niets te doen.",
	onboarding.Added:      "Klaar.",
	onboarding.Expired:    "Klaar. De gebruiker kan opnieuw beginnen bij Account toevoegen.",
	onboarding.Cancelled:  "Klaar. De gebruiker kan opnieuw beginnen bij Account toevoegen.",
}

func (c *addition) words() (heading, counsel string) {
	return additionSteps[c.step], additionAdvice[c.step]
}

func (c *addition) trouble() string { return "" }

func (c *addition) facts() []fact { return nil }

func (c *addition) footer() string { return "" }
