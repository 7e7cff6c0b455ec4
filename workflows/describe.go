package workflows

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

var outcomeNames = map[onboarding.Outcome]string{
	onboarding.Accepted:         "goed",
	onboarding.WrongCredentials: "gebruikersnaam of wachtwoord klopte niet",
	onboarding.WrongCode:        "activatiecode onbekend",
	onboarding.CodeUsed:         "activatiecode was al gebruikt",
	onboarding.CodeEnded:        "activatiecode is te oud of vervangen",
	onboarding.WrongPIN:         "pincode klopte niet",
	onboarding.EndedPIN:         "pincode werkte niet meer",
	onboarding.ReplacedPIN:      "pincode was vervangen door een nieuwere",
	onboarding.Locked:           "te vaak fout; de stap is op slot",
	onboarding.Closed:           "te vaak fout; met deze gebruikersnaam kan een andere organisatie niet meer proberen",
	onboarding.Taken:            "het account is al gekoppeld aan een andere eHerkenning",
	onboarding.NeedsApproval:    "er is toestemming van een gemachtigde nodig; die is gevraagd",
	onboarding.TooManyQuestions: "te vaak om toestemming gevraagd",
	onboarding.NotApproved:      "de gemachtigde of de helpdesk heeft geen toestemming gegeven",
	onboarding.NotAnswered:      "niemand heeft op tijd geantwoord op de vraag om toestemming",
	onboarding.DeadLink:         "de link uit de mail werkte niet meer",
	onboarding.AlreadyDecided:   "de vraag was al beantwoord of ingetrokken",
	onboarding.Proposed:         "voorgesteld door een medewerker; een tweede moet het bevestigen",
	onboarding.NoAgent:          "deze medewerker mag dit niet, of is ingetrokken",
	onboarding.SecondNeeded:     "een andere medewerker moet dit bevestigen",
	onboarding.InstitutionEnded: "de instelling van het account is gesloten en niet opgegaan in een andere",
	onboarding.AlreadyAdded:     "de instelling staat al in het account",
	onboarding.NotContact:       "niet bekend als contactpersoon van de instelling",
	onboarding.OtherInstitution: "de gegevens zijn van een andere instelling",
	onboarding.OtherBoard:       "de organisatie van de inlog is niet het bestuur van de instelling",
	onboarding.StoppedByDesk:    "de helpdesk heeft de zaak gestopt",
	onboarding.NotLocked:        "er is niets op slot dat de helpdesk eraf kan halen",
	onboarding.TooOften:         "de helpdesk heeft dit zo vaak gedaan als mag",
	onboarding.TooSoon:          "te snel na de vorige mail gevraagd",
	onboarding.TooManyMails:     "te veel mails gevraagd",
	onboarding.TooManyAddresses: "te veel verschillende e-mailadressen",
	onboarding.UnknownAccount:   "er is geen account met deze gebruikersnaam of bij deze instelling",
	onboarding.NoRepresentative: "er is geen gemachtigde bekend bij de instelling of haar bestuur",
	onboarding.TooManyRequests:  "te vaak gevraagd, voor dit account, deze instelling of door deze gebruiker; er is niets gemaild",
	onboarding.KnownPassword:    "het gekozen wachtwoord was te bekend",
	onboarding.VoidRequest:      "het account is intussen gekoppeld of heeft een ander nieuw wachtwoord",
	onboarding.AskAgain:         "het formulier was te lang onderweg; het is opnieuw gevraagd",
	onboarding.TooBusy:          "te druk om te controleren; niet meegeteld",
	onboarding.NotLinked:        "deze eHerkenning is niet (meer) gekoppeld",
	onboarding.CodeNeeded:       "dit is de laatste toegang: eerst een nieuwe activatiecode uitgeven",
	onboarding.CheckFailed:      "controle lukte niet door een storing; niet meegeteld",
}

var mailNames = map[onboarding.MailState]string{
	onboarding.MailQueued:     "onderweg naar de mailserver",
	onboarding.MailLate:       "vertraagd: het wordt opnieuw geprobeerd",
	onboarding.MailSent:       "aangenomen door de mailserver",
	onboarding.MailRefused:    "geweigerd door de mailserver",
	onboarding.MailBounced:    "teruggekomen: niet bezorgd",
	onboarding.MailSuperseded: "niet verstuurd: niet meer nodig",
}

// describe renews the current details: what an agent reads on the page of the case. No event is written for it.
func (j *journey) describe(ctx workflow.Context) {
	heading, counsel := j.words()
	if j.attention == slow {
		heading += "; dat lukt nog niet"
	}
	if !j.step.Over() {
		counsel = "**Wat u kunt doen:** " + counsel
	}
	lines := []string{"### " + heading, "", counsel, ""}
	for _, line := range j.lines() {
		if line.name != "" && line.value != "" {
			lines = append(lines, fmt.Sprintf("- **%s:** %s", line.name, line.value))
		}
	}
	if offers := j.offers(); len(offers) > 0 {
		lines = append(append(lines, "", "**Opdrachten die nu passen:**", ""), offers...)
	}
	if footer := j.footer(); footer != "" {
		lines = append(lines, "", footer)
	}
	workflow.SetCurrentDetails(ctx, strings.Join(lines, "\n"))
}

func (j *journey) lines() []fact {
	lines := []fact{{"Referentie", string(j.reference)}, {"Instelling", cmp.Or(strings.Join(codes(j.institutions), ", "), "nog niet bekend")},
		{"Sinds", clockText(j.since)}, {"Wacht op", j.turn()}}
	if !j.step.Over() {
		lines = append(lines, fact{"Uiterlijk", clockText(j.until())})
	}
	lines = append(append(lines, j.verdictLines()...), j.facts()...)
	return append(lines, fact{"Bezig met", j.busyText()}, fact{"Storing", j.failureText()}, fact{"Let op", attentionTexts[j.attention]})
}

// verdictLines tell of the last check. A time is only told where its name says what happens then.
func (j *journey) verdictLines() []fact {
	text, until := outcomeNames[j.verdict.Outcome], clockText(onboarding.OnTheMinute(j.verdict.Until))
	if text == "" {
		return nil
	}
	if !j.judged.IsZero() {
		text += ", " + clockText(j.judged)
	}
	lines := []fact{{"Laatste controle", text}}
	if j.verdict.TriesLeft > 0 {
		lines = append(lines, fact{"Pogingen over", strconv.Itoa(j.verdict.TriesLeft)})
	}
	return append(lines, fact{untilNames[j.verdict.Outcome], until}, fact{"Dat betekent", outcomeAdvice[j.verdict.Outcome]})
}

// busyText is what the system is doing for the case, by the names that the engine shows.
func (j *journey) busyText() string {
	var running []string
	for _, e := range j.effects {
		if !e.slow {
			running = append(running, fmt.Sprintf("“%s”", e.summary))
		}
	}
	return strings.Join(running, ", ")
}

// failureText is the failure that the case waits to end, in plain words; the engine shows what the program said of it.
func (j *journey) failureText() string {
	var failing []string
	reason := ""
	for _, e := range j.effects {
		if e.slow {
			failing = append(failing, fmt.Sprintf("“%s” (sinds %s)", e.summary, clockText(e.since)))
			reason = queueFailures[e.queue]
		}
	}
	if len(failing) == 0 {
		return ""
	}
	return strings.Join(failing, ", ") + " lukt nog niet: " + reason +
		". Het systeem blijft het vanzelf proberen; de laatste foutmelding staat bij Pending Activities."
}

// queueFailures say what keeps the activities of a queue from getting done.
var queueFailures = map[string]string{
	activities.MailQueue: "de mailserver is niet bereikbaar of neemt de mail nog niet aan",
	activities.MainQueue: "de database of een ander deel van het systeem antwoordt niet",
}

var attentionTexts = map[string]string{
	slow:           "beheer krijgt hiervan vanzelf een alarm. De gebruiker hoeft niets opnieuw te doen.",
	nobodyAsked:    "geen gemachtigde heeft een mail gekregen.",
	noAnswer:       "de gemachtigde antwoordt al vijf dagen niet.",
	secondAgent:    "een medewerker heeft iets voorgesteld; een andere medewerker kijkt het zelf na, en bevestigt het of niet.",
	mailRefused:    "ligt het aan ons en niet aan het adres, dan kan beheer dezelfde mail opnieuw laten sturen (`koppel ops retry-now`).",
	mailBounced:    "ligt het aan ons en niet aan het adres, laat beheer het dan eerst herstellen; daarna vraagt de gebruiker op de pagina een nieuwe pincode.",
	unlinkReported: "behandel dit als een beveiligingsincident tot het tegendeel blijkt.",
}

// clockText writes a moment as the helpdesk's clock shows it.
func clockText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(amsterdam).Format("2-1-2006 15.04") + " uur"
}
