package workflows

import (
	"fmt"

	"koppel/onboarding"
)

var linkingSteps = map[onboarding.Step]string{
	onboarding.AwaitProof:          "Wacht op gebruikersnaam en wachtwoord, of op een activatiecode",
	onboarding.AwaitRepresentative: "Wacht op toestemming van de gemachtigde",
	onboarding.MailingPIN:          "Pincode wordt gemaild",
	onboarding.AwaitPIN:            "Wacht op de pincode",
	onboarding.Completing:          "Koppeling wordt gemaakt",
	onboarding.Notifying:           "Gekoppeld; bevestigingen worden gemaild",
	onboarding.Linked:              "Gekoppeld",
	onboarding.Expired:             "Verlopen: niet op tijd afgemaakt",
	onboarding.Cancelled:           "Gestopt door de gebruiker",
}

// linkingAdvice says whose turn it is and what an agent can do now.
var linkingAdvice = map[onboarding.Step]string{
	onboarding.AwaitProof:          "De gebruiker is aan de beurt. Vraag of gebruikersnaam en wachtwoord bekend zijn, of dat er een brief met een activatiecode is.",
	onboarding.AwaitRepresentative: "De gemachtigde is aan de beurt. De pagina van de gebruiker zegt dit ook. Is er geen gemachtigde of komt er geen antwoord? Dan beslist de helpdesk met koppel helpdesk approve of refuse; een tweede medewerker bevestigt.",
	onboarding.MailingPIN:          "Het systeem is aan de beurt. Komt de mail niet aan, dan kan de gebruiker op de pagina een ander e-mailadres invullen.",
	onboarding.AwaitPIN:            "De gebruiker is aan de beurt. Laat ook bij spam kijken. Op de pagina kan de gebruiker een nieuwe pincode of een ander e-mailadres kiezen.",
	onboarding.Completing:          "Het systeem is aan de beurt. Duurt dit langer dan 5 minuten, waarschuw dan beheer.",
	onboarding.Notifying:           "De gebruiker is binnen en hoeft niets te doen.",
	onboarding.Linked:              "Klaar. De gebruiker logt voortaan alleen in met eHerkenning.",
	onboarding.Expired:             "Klaar. De gebruiker kan opnieuw beginnen door in te loggen.",
	onboarding.Cancelled:           "Klaar. De gebruiker kan opnieuw beginnen door in te loggen.",
}

// A mail that was refused for good turns the step of the system into a person's.
const (
	parkedName   = "Wacht op een ander e-mailadres: de mail met de pincode is geweigerd"
	parkedAdvice = "De gebruiker is aan de beurt: controleer het e-mailadres, of kies op de pagina een ander adres."
)

// So does one that came back.
const (
	returnedName   = "Wacht op een ander e-mailadres: de mail met de pincode is niet bezorgd"
	returnedAdvice = "De gebruiker is aan de beurt: controleer het e-mailadres, en kies op de pagina een ander adres of vraag een nieuwe pincode. De pagina van de gebruiker zegt dit ook."
)

// words says whose turn it is. A PIN mail that was refused or came back turns the step of the system into a person's.
func (c *linking) words() (heading, counsel string) {
	if heading, counsel = c.waits(); heading != "" {
		return heading, counsel
	}
	return linkingSteps[c.step], linkingAdvice[c.step]
}

func (c *linking) facts() []fact { return []fact{{"Mail met pincode", c.mailText()}} }

func (c *linking) footer() string {
	return fmt.Sprintf("Ingelogd met niveau %s bij leverancier `%s` op %s.", c.in.Level, c.in.Supplier, clockText(c.in.AuthenticatedAt))
}
