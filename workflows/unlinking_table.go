package workflows

import "koppel/onboarding"

// table of an unlinking.
func (c *unlinking) table() table { return unlinkingTable }

// Events of an unlinking that are the system's.
const (
	proposalVoid     = "the proposal that began the case does not count"
	everybodyTold    = "everybody is told"
	undecidedTooLong = "seven days pass without a decision"
)

var undecided = steps(onboarding.AwaitAgent, onboarding.AwaitSecondAgent)

var unlinkingTable = table{
	{ProposeUnlink, byHelpdesk, steps(onboarding.AwaitAgent), steps(onboarding.AwaitSecondAgent, stays)},
	{proposalVoid, bySystem, steps(onboarding.AwaitAgent), steps(onboarding.Cancelled)},
	{ConfirmUnlink, byHelpdesk, steps(onboarding.AwaitSecondAgent), steps(onboarding.Notifying, stays)},
	{DismissUnlink, byHelpdesk, undecided, steps(onboarding.Cancelled, stays)},
	{everybodyTold, bySystem, steps(onboarding.Notifying), steps(onboarding.Unlinked)},
	{undecidedTooLong, bySystem, undecided, steps(onboarding.Expired)},
}
