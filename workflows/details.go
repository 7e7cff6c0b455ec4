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
	onboarding.Cancelled:           "Gestopt: er is niets gekoppeld",
	onboarding.Voided:              "Vervallen: de eHerkenning hoort intussen bij een account",
}

// linkingAdvice says whose turn it is and what an agent can do now.
var linkingAdvice = map[onboarding.Step]string{
	onboarding.AwaitProof:          "Vraag of de gebruiker de gebruikersnaam en het wachtwoord van MijnHelpdeskPO weet. Zo niet: “Wachtwoord vergeten?” op de pagina, of een brief met een activatiecode.",
	onboarding.AwaitRepresentative: representativeAdvice,
	onboarding.MailingPIN:          "Wachten: de mail gaat vanzelf, en de 15 minuten van de pincode lopen nog niet. De gebruiker kan op de pagina een ander e-mailadres invullen.",
	onboarding.AwaitPIN:            "Laat de gebruiker de nieuwste mail zoeken, ook bij spam. Op de pagina kan de gebruiker een nieuwe pincode vragen of een ander e-mailadres invullen.",
	onboarding.Completing:          "Wachten: dit duurt gewoonlijk een paar tellen. De gebruiker hoeft niets opnieuw te doen.",
	onboarding.Notifying:           "Niets. De gebruiker is binnen; alleen de bevestigingen moeten nog weg.",
	onboarding.Linked:              "Klaar. De gebruiker logt voortaan alleen in met eHerkenning; het oude wachtwoord werkt niet meer.",
	onboarding.Expired:             "Klaar; er is niets gekoppeld. De gebruiker logt in en begint opnieuw.",
	onboarding.Voided:              "Klaar; de gebruiker heeft de eHerkenning bij een bestaand account gezet en kan ermee inloggen.",
	onboarding.Cancelled:           "Klaar; er is niets gekoppeld. De gebruiker logt in en begint opnieuw.",
}

// A mail that was refused for good turns the step of the system into a person's.
const (
	parkedName   = "De mail met de pincode is geweigerd; wacht op een ander e-mailadres"
	parkedAdvice = "Laat de gebruiker het e-mailadres letter voor letter nakijken, en op de pagina een ander adres invullen."
)

// So does one that came back.
const (
	returnedName   = "De mail met de pincode kwam terug; wacht op een ander e-mailadres"
	returnedAdvice = "Laat de gebruiker het e-mailadres letter voor letter nakijken, en op de pagina een ander adres invullen of een nieuwe pincode vragen. De pagina zegt dit ook."
)

// words says whose turn it is. A PIN mail that was refused or came back turns the step of the system into a person's.
func (c *linking) words() (heading, counsel string) {
	if heading, counsel = c.waits(); heading != "" {
		return heading, counsel
	}
	return linkingSteps[c.step], linkingAdvice[c.step]
}

func (c *linking) facts() []fact {
	return []fact{{"Mail met pincode", c.mailText()}, c.approval.fact()}
}

func (c *linking) footer() string {
	return fmt.Sprintf("Ingelogd met niveau %s bij leverancier `%s` op %s.", c.in.Level, c.in.Supplier, clockText(c.in.AuthenticatedAt))
}
