package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/onboarding"
)

// LinkingView is what the query LinkingState answers.
type LinkingView struct {
	Reference    onboarding.Reference
	Step         onboarding.Step
	Since, Until time.Time
	Institutions []onboarding.InstitutionCode
	LastOutcome  onboarding.Outcome
	Mail         onboarding.MailState
	Attention    string
}

func (c *linking) view() LinkingView {
	return LinkingView{
		Reference: c.in.Reference, Step: c.step, Since: c.since, Until: c.until(), Institutions: c.institutions,
		LastOutcome: c.verdict.Outcome, Mail: c.mail, Attention: c.attention,
	}
}

var stepNames = map[onboarding.Step]string{
	onboarding.AwaitProof: "Wacht op gebruikersnaam en wachtwoord",
	onboarding.MailingPIN: "Pincode wordt gemaild",
	onboarding.AwaitPIN:   "Wacht op de pincode",
	onboarding.Completing: "Koppeling wordt gemaakt",
	onboarding.Notifying:  "Gekoppeld; bevestigingen worden gemaild",
	onboarding.Linked:     "Gekoppeld",
	onboarding.Expired:    "Verlopen: niet op tijd afgemaakt",
	onboarding.Cancelled:  "Gestopt door de gebruiker",
}

// advice says whose turn it is and what an agent can do now.
var advice = map[onboarding.Step]string{
	onboarding.AwaitProof: "De gebruiker is aan de beurt. Vraag of gebruikersnaam en wachtwoord bekend zijn.",
	onboarding.MailingPIN: "Het systeem is aan de beurt. Komt de mail niet aan, dan kan de gebruiker op de pagina een ander e-mailadres invullen.",
	onboarding.AwaitPIN:   "De gebruiker is aan de beurt. Laat ook bij spam kijken. Op de pagina kan de gebruiker een nieuwe pincode of een ander e-mailadres kiezen.",
	onboarding.Completing: "Het systeem is aan de beurt. Duurt dit langer dan 5 minuten, waarschuw dan beheer.",
	onboarding.Notifying:  "De gebruiker is binnen en hoeft niets te doen.",
	onboarding.Linked:     "Klaar. De gebruiker logt voortaan alleen in met eHerkenning.",
	onboarding.Expired:    "Klaar. De gebruiker kan opnieuw beginnen door in te loggen.",
	onboarding.Cancelled:  "Klaar. De gebruiker kan opnieuw beginnen door in te loggen.",
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

var outcomeNames = map[onboarding.Outcome]string{
	onboarding.Accepted:         "goed",
	onboarding.WrongCredentials: "gebruikersnaam of wachtwoord klopte niet",
	onboarding.WrongPIN:         "pincode klopte niet",
	onboarding.EndedPIN:         "pincode werkte niet meer",
	onboarding.ReplacedPIN:      "pincode was vervangen door een nieuwere",
	onboarding.Locked:           "te vaak fout; de stap is op slot",
	onboarding.Closed:           "te vaak fout; met deze gebruikersnaam kan een andere organisatie niet meer proberen",
	onboarding.Taken:            "het account is al gekoppeld aan een andere eHerkenning",
	onboarding.Mismatch:         "de organisatie van de inlog is niet het bestuur van het account",
	onboarding.InstitutionEnded: "de instelling van het account is gesloten en niet opgegaan in een andere",
	onboarding.TooSoon:          "te snel na de vorige mail gevraagd",
	onboarding.TooManyMails:     "te veel mails gevraagd",
	onboarding.TooManyAddresses: "te veel verschillende e-mailadressen",
	onboarding.AskAgain:         "het formulier was te lang onderweg; het is opnieuw gevraagd",
	onboarding.TooBusy:          "te druk om te controleren; niet meegeteld",
	onboarding.CheckFailed:      "controle lukte niet door een storing; niet meegeteld",
}

var mailNames = map[onboarding.MailState]string{
	onboarding.MailQueued:  "onderweg naar de mailserver",
	onboarding.MailSent:    "aangenomen door de mailserver",
	onboarding.MailRefused: "geweigerd door de mailserver",
	onboarding.MailBounced: "teruggekomen: niet bezorgd",
}

// describe renews the current details: what an agent reads on the page of the case. No event is written for it.
func (c *linking) describe(ctx workflow.Context) {
	heading, counsel := stepNames[c.step], advice[c.step]
	switch {
	case c.parked != nil:
		heading, counsel = parkedName, parkedAdvice
	case c.returned():
		heading, counsel = returnedName, returnedAdvice
	}
	lines := []string{"### " + heading, ""}
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, fmt.Sprintf("- **%s:** %s", name, value))
		}
	}
	add("Referentie", string(c.in.Reference))
	add("Instelling", strings.Join(codes(c.institutions), ", "))
	add("Sinds", clockText(c.since))
	if !c.step.Over() {
		add("Uiterlijk", clockText(c.until()))
	}
	add("Laatste controle", c.verdictText())
	add("Mail met pincode", c.mailText())
	add("Let op", c.attentionText())
	lines = append(lines, "", counsel, "", fmt.Sprintf("Ingelogd met niveau %s bij leverancier `%s` op %s.",
		c.in.Level, c.in.Supplier, clockText(c.in.AuthenticatedAt)))
	workflow.SetCurrentDetails(ctx, strings.Join(lines, "\n"))
}

func (c *linking) verdictText() string {
	text := outcomeNames[c.verdict.Outcome]
	if c.verdict.TriesLeft > 0 {
		text += fmt.Sprintf(" (nog %d keer)", c.verdict.TriesLeft)
	}
	if !c.verdict.Until.IsZero() {
		text += ", tot " + clockText(onboarding.OnTheMinute(c.verdict.Until))
	}
	return text
}

func (c *linking) mailText() string {
	text := mailNames[c.mail]
	switch c.mail {
	case onboarding.MailRefused:
		text += fmt.Sprintf(" (antwoord %d)", c.mailCode)
	case onboarding.MailBounced:
		text += fmt.Sprintf(" (melding %s)", c.bounce.Status)
	}
	return text
}

func (c *linking) attentionText() string {
	switch c.attention {
	case "":
		return ""
	case mailRefused:
		return "ligt het aan ons, dan kan beheer de mail opnieuw sturen met RetryNow."
	case mailBounced:
		return "ligt het aan ons, laat beheer het dan eerst herstellen; daarna vraagt de gebruiker op de pagina een nieuwe pincode."
	}
	var running []string
	for _, e := range c.effects {
		running = append(running, fmt.Sprintf("“%s” loopt sinds %s.", e.summary, clockText(e.since)))
	}
	return strings.Join(append(running, "Het systeem blijft het proberen; zie Pending Activities."), " ")
}

// clockText writes a moment as the helpdesk's clock shows it.
func clockText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(amsterdam).Format("2-1-2006 15.04") + " uur"
}
