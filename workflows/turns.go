package workflows

import "koppel/onboarding"

// turns say who has to do something at each step; nobody where the case is over.
var turns = map[onboarding.Step]string{
	onboarding.AwaitAddress:        "de gebruiker",
	onboarding.AwaitProof:          "de gebruiker",
	onboarding.AwaitPIN:            "de gebruiker",
	onboarding.AwaitRepresentative: "de gemachtigde",
	onboarding.AwaitHelpdesk:       "de helpdesk",
	onboarding.AwaitAgent:          "de helpdesk",
	onboarding.AwaitSecondAgent:    "een tweede medewerker van de helpdesk",
	onboarding.AwaitEnd:            "niemand: de zaak loopt vanzelf af",
	onboarding.MailingPIN:          "de mailserver",
	onboarding.MailingLink:         "de mailserver",
	onboarding.Finding:             "het systeem",
	onboarding.Completing:          "het systeem",
	onboarding.Notifying:           "het systeem",
}

// turn is who has to do something now. What wants attention may make it somebody else's than the step says.
func (j *journey) turn() string {
	switch {
	case j.attention == nobodyAsked || j.attention == noAnswer || j.attention == unlinkReported:
		return turns[onboarding.AwaitHelpdesk]
	case j.attention == secondAgent:
		return turns[onboarding.AwaitSecondAgent]
	case j.attention == mailRefused && j.step == onboarding.MailingLink:
		return turns[onboarding.AwaitHelpdesk]
	case j.attention == mailRefused || j.attention == mailBounced:
		return turns[onboarding.AwaitPIN]
	}
	return turns[j.step]
}
