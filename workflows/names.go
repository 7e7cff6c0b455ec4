package workflows

import (
	"time"

	"koppel/onboarding"
)

// steps of each kind of case, in Dutch.
var stepNames = map[onboarding.CaseKind]map[onboarding.Step]string{
	onboarding.LinkingCase:     linkingSteps,
	onboarding.AdditionCase:    additionSteps,
	onboarding.ResetCase:       resetSteps,
	onboarding.EmailChangeCase: changeSteps,
	onboarding.UnlinkingCase:   unlinkingSteps,
}

// StepName is a step as the helpdesk reads it; empty when the kind has no such step.
func StepName(kind onboarding.CaseKind, step onboarding.Step) string { return stepNames[kind][step] }

// MailName is what became of a mail, as the helpdesk reads it.
func MailName(state onboarding.MailState) string { return mailNames[state] }

// ClockText writes a moment as the helpdesk's clock shows it; empty for the zero time.
func ClockText(t time.Time) string { return clockText(t) }
