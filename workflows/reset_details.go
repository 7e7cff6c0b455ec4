package workflows

import (
	"fmt"
	"time"

	"koppel/onboarding"
)

// CaseView is what the queries of cases other than linkings answer.
type CaseView struct {
	Reference    onboarding.Reference
	Step         onboarding.Step
	Since, Until time.Time
	Institutions []onboarding.InstitutionCode
	LastOutcome  onboarding.Outcome
	Attention    string
}

func (r *reset) view() CaseView {
	return CaseView{r.in.Reference, r.step, r.since, r.until(), r.institutions, r.verdict.Outcome, r.attention}
}

var resetSteps = map[onboarding.Step]string{
	onboarding.Finding:             "Account en gemachtigde worden opgezocht",
	onboarding.AwaitEnd:            "Er wordt niets gemaild; de zaak loopt vanzelf af",
	onboarding.AwaitHelpdesk:       "Wacht op de helpdesk: er is geen gemachtigde bekend",
	onboarding.MailingLink:         "Link wordt gemaild aan de gemachtigde",
	onboarding.AwaitRepresentative: "Wacht op de gemachtigde",
	onboarding.Notifying:           "Wachtwoord gewijzigd; berichten worden gemaild",
	onboarding.PasswordChanged:     "Wachtwoord gewijzigd",
	onboarding.Unmailed:            "Afgelopen: er is niets gemaild",
	onboarding.Expired:             "Verlopen: de gemachtigde koos geen wachtwoord",
	onboarding.Cancelled:           stoppedName,
	onboarding.Voided:              "Vervallen: het account is intussen gekoppeld of heeft een ander nieuw wachtwoord, of wie dit vroeg is ontkoppeld",
}

var resetAdvice = map[onboarding.Step]string{
	onboarding.Finding:             "Wachten: dit duurt gewoonlijk een paar tellen. De gebruiker hoeft niets opnieuw te doen.",
	onboarding.AwaitEnd:            "De gebruiker ziet hiervan niets. Vraag opnieuw aan met de juiste gebruikersnaam of later, of geef een activatiecode uit. Zie “Laatste controle”.",
	onboarding.AwaitHelpdesk:       "De gebruiker weet niet dat niemand een mail krijgt. Laat de gemachtigde registreren en vraag beheer dan om opnieuw te zoeken (`koppel ops retry-now`), of geef een activatiecode uit.",
	onboarding.MailingLink:         "Wachten: de mails aan de gemachtigden gaan vanzelf.",
	onboarding.AwaitRepresentative: "Laat de gemachtigde de nieuwste mail zoeken, ook bij spam: een link werkt 24 uur. De gebruiker kan op de pagina een nieuwe link laten sturen. Noem nooit wie de gemachtigde is.",
	onboarding.Notifying:           "Niets. De gebruiker kan met het nieuwe wachtwoord verder; alleen de berichten moeten nog weg.",
	onboarding.PasswordChanged:     "Klaar. De gebruiker vraagt het wachtwoord aan de gemachtigde en gaat verder met koppelen.",
	onboarding.Unmailed:            "Klaar; er is niets gemaild. De gebruiker kan opnieuw aanvragen.",
	onboarding.Expired:             "Klaar; het wachtwoord is niet gewijzigd. De gebruiker kan opnieuw aanvragen.",
	onboarding.Cancelled:           "Klaar; de links werken niet meer. De gebruiker leest hiervan niets en kan opnieuw aanvragen.",
	onboarding.Voided:              "Klaar; het wachtwoord is niet door deze aanvraag gewijzigd. Zo nodig kan de gebruiker opnieuw aanvragen.",
}

func (r *reset) words() (heading, counsel string) {
	if r.step == onboarding.MailingLink && r.links.parked() {
		return "Link geweigerd: de gemachtigde is niet te bereiken", "Laat het e-mailadres van de gemachtigde nakijken en verbeteren; vraag beheer daarna om opnieuw te mailen (`koppel ops retry-now`)."
	}
	if r.step == onboarding.AwaitRepresentative && r.links.lost() {
		return "Link niet bezorgd: de gemachtigde is niet te bereiken", "Laat het e-mailadres van de gemachtigde nakijken en verbeteren; daarna vraagt de gebruiker het wachtwoord opnieuw aan."
	}
	return resetSteps[r.step], resetAdvice[r.step]
}

func (r *reset) facts() []fact {
	var mailed string
	if len(r.links.jobs) > 0 {
		mailed = fmt.Sprintf("%d (ronde %d): %d aangenomen, waarvan %d teruggekomen, %d geweigerd, %d onderweg", len(r.links.jobs), r.links.generation,
			r.links.sent, len(r.links.returned), r.links.refused, len(r.links.jobs)-r.links.sent-r.links.refused)
	}
	return []fact{{"Aangevraagd", clockText(r.askedAt)}, {"Mails aan gemachtigden", mailed}, {"Volgende herinnering", clockText(r.nextReminder())}}
}

func (r *reset) footer() string { return "" }

func (r *reset) until() time.Time { return r.deadline }

// trouble is that nobody can be reached who may choose.
func (r *reset) trouble() string {
	switch {
	case r.step == onboarding.AwaitHelpdesk:
		return nobodyAsked
	case r.step == onboarding.MailingLink && r.links.parked():
		return mailRefused
	case r.step == onboarding.AwaitRepresentative && r.links.lost():
		return nobodyAsked
	}
	return ""
}
