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
	onboarding.Voided:              "Vervallen: het account is intussen gekoppeld of heeft een ander nieuw wachtwoord",
}

var resetAdvice = map[onboarding.Step]string{
	onboarding.Finding:             "Het systeem is aan de beurt. Duurt dit langer dan 5 minuten, waarschuw dan beheer.",
	onboarding.AwaitEnd:            "De gebruiker ziet hiervan niets en kan opnieuw aanvragen, met een andere gebruikersnaam of later. Zie “Laatste controle”.",
	onboarding.AwaitHelpdesk:       "De helpdesk is aan de beurt. De gebruiker weet niet dat niemand een mail krijgt. Laat de gemachtigde registreren en vraag beheer om RetryNow, of geef een activatiecode uit.",
	onboarding.MailingLink:         "Het systeem is aan de beurt.",
	onboarding.AwaitRepresentative: "De gemachtigde is aan de beurt. Laat ook bij spam kijken. De link werkt 24 uur; de gebruiker kan een nieuwe aanvragen.",
	onboarding.Notifying:           "De gebruiker kan met het nieuwe wachtwoord verder met koppelen.",
	onboarding.PasswordChanged:     "Klaar. De gebruiker vraagt het wachtwoord aan de gemachtigde en gaat verder met koppelen.",
	onboarding.Unmailed:            "Klaar. De gebruiker kan opnieuw aanvragen.",
	onboarding.Expired:             "Klaar. De gebruiker kan opnieuw aanvragen.",
	onboarding.Voided:              "Klaar. Zo nodig kan de gebruiker opnieuw aanvragen.",
}

func (r *reset) words() (heading, counsel string) {
	if r.step == onboarding.MailingLink && r.links.parked() {
		return "Link geweigerd: de gemachtigde is niet te bereiken", "De helpdesk is aan de beurt: laat het adres van de gemachtigde nakijken."
	}
	return resetSteps[r.step], resetAdvice[r.step]
}

func (r *reset) facts() []fact {
	var mailed string
	if len(r.links.jobs) > 0 {
		mailed = fmt.Sprintf("ronde %d: %d, aangenomen %d, geweigerd %d", r.links.generation, len(r.links.jobs), r.links.sent, r.links.refused)
	}
	return []fact{{"Aangevraagd", clockText(r.askedAt)}, {"Mails aan gemachtigden", mailed}}
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
	}
	return ""
}
