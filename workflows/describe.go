package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

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
	onboarding.NeedsApproval:    "goed, maar de organisatie van de inlog is niet het bestuur; toestemming is gevraagd",
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
	lines := []string{"### " + heading, ""}
	for _, line := range j.lines() {
		if line.value != "" {
			lines = append(lines, fmt.Sprintf("- **%s:** %s", line.name, line.value))
		}
	}
	lines = append(lines, "", counsel)
	if footer := j.footer(); footer != "" {
		lines = append(lines, "", footer)
	}
	workflow.SetCurrentDetails(ctx, strings.Join(lines, "\n"))
}

func (j *journey) lines() []fact {
	var until string
	if !j.step.Over() {
		until = clockText(j.until())
	}
	lines := []fact{{"Referentie", string(j.reference)}, {"Instelling", strings.Join(codes(j.institutions), ", ")},
		{"Sinds", clockText(j.since)}, {"Uiterlijk", until}, {"Laatste controle", j.verdictText()}}
	lines = append(lines, j.facts()...)
	return append(lines, fact{"Let op", j.attentionText()})
}

func (j *journey) verdictText() string {
	text := outcomeNames[j.verdict.Outcome]
	if j.verdict.TriesLeft > 0 {
		text += fmt.Sprintf(" (nog %d keer)", j.verdict.TriesLeft)
	}
	if !j.verdict.Until.IsZero() {
		text += ", tot " + clockText(onboarding.OnTheMinute(j.verdict.Until))
	}
	return text
}

func (j *journey) attentionText() string {
	switch j.attention {
	case "":
		return ""
	case nobodyAsked:
		return "geen gemachtigde heeft een mail gekregen; de helpdesk beslist."
	case noAnswer:
		return "de gemachtigde antwoordt niet; de helpdesk kan beslissen."
	case secondAgent:
		return "een medewerker heeft een antwoord voorgesteld; een andere medewerker bevestigt het of stelt iets anders voor."
	case mailRefused:
		return "ligt het aan ons, dan kan beheer de mail opnieuw sturen met RetryNow."
	case mailBounced:
		return "ligt het aan ons, laat beheer het dan eerst herstellen; daarna vraagt de gebruiker op de pagina een nieuwe pincode."
	}
	var running []string
	for _, e := range j.effects {
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
