package workflows

import (
	"time"

	"koppel/onboarding"
)

// UnlinkingView is what the query UnlinkingState answers.
type UnlinkingView struct {
	Reference    onboarding.Reference
	Step         onboarding.Step
	Since, Until time.Time
	Institutions []onboarding.InstitutionCode
	Reported     bool
	Attention    string
}

func (c *unlinking) view() UnlinkingView {
	return UnlinkingView{c.in.Reference, c.step, c.since, c.until(), c.institutions, c.in.Reported, c.attention}
}

var unlinkingSteps = map[onboarding.Step]string{
	onboarding.AwaitAgent:       "Wacht op een medewerker van de helpdesk",
	onboarding.AwaitSecondAgent: "Wacht op een tweede medewerker",
	onboarding.Notifying:        "Ontkoppeld; de berichten worden gemaild",
	onboarding.Unlinked:         "Ontkoppeld",
	onboarding.Expired:          "Verlopen: niet op tijd besloten, er is niets gewijzigd",
	onboarding.Cancelled:        "Gestopt door de helpdesk; er is niets gewijzigd",
}

// unlinkingAdvice says what an agent can do now.
var unlinkingAdvice = map[onboarding.Step]string{
	onboarding.AwaitAgent: "De helpdesk is aan de beurt. Bel de gebruiker op een nummer dat al bekend was. Stel daarna ontkoppelen voor " +
		"(`koppel helpdesk unlink`) of wijs het af (`koppel helpdesk unlink dismiss`).",
	onboarding.AwaitSecondAgent: "Een tweede medewerker is aan de beurt en kijkt zelf na of het klopt: `koppel helpdesk unlink confirm`, of " +
		"`dismiss`. Was dit de laatste toegang, geef dan eerst een nieuwe activatiecode uit.",
	onboarding.Notifying: "Niemand hoeft iets te doen.",
	onboarding.Unlinked:  "Klaar. De gebruiker en de gemachtigden hebben bericht gekregen.",
	onboarding.Expired:   "Klaar. Moet het toch: begin opnieuw.",
	onboarding.Cancelled: "Klaar. Moet het toch: begin opnieuw.",
}

// What KoppelAttention can say of an unlinking.
const unlinkReported = "unlink_reported" // a person says that a link is not theirs

// trouble is what agents have to look for.
func (c *unlinking) trouble() string {
	switch {
	case c.step == onboarding.AwaitSecondAgent:
		return secondAgent
	case c.step == onboarding.AwaitAgent && c.in.Reported:
		return unlinkReported
	}
	return ""
}

func (c *unlinking) words() (heading, counsel string) {
	return unlinkingSteps[c.step], unlinkingAdvice[c.step]
}

func (c *unlinking) facts() []fact {
	if c.in.Reported {
		return []fact{{"Gemeld door", "de gebruiker: deze koppeling was ik niet"}}
	}
	return nil
}

func (c *unlinking) footer() string { return "" }

var unlinkingMails = map[onboarding.MailKind]string{
	onboarding.UnlinkedMail:       "Bericht aan de gebruiker mailen",
	onboarding.UnlinkedNoticeMail: "Bericht aan een gemachtigde mailen",
}
