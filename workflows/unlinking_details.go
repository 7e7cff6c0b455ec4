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
	onboarding.AwaitAgent:       "Bel de gebruiker terug op een nummer dat al bekend was. Stel daarna ontkoppelen voor, of wijs het af.",
	onboarding.AwaitSecondAgent: "Wie het niet voorstelde, kijkt zelf na of het klopt, en bevestigt of wijst af. Was dit de laatste toegang van een instelling, dan is eerst een nieuwe activatiecode nodig.",
	onboarding.Notifying:        "Niets. De inlog heeft geen toegang meer; alleen de berichten moeten nog weg.",
	onboarding.Unlinked:         "Klaar. De gebruiker en de gemachtigden hebben bericht gekregen.",
	onboarding.Expired:          "Klaar; er is niets gewijzigd. Moet het toch, stel het dan opnieuw voor.",
	onboarding.Cancelled:        "Klaar; er is niets gewijzigd. Moet het toch, stel het dan opnieuw voor.",
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
