package workflows

import "koppel/onboarding"

// table of an addition.
func (c *addition) table() table { return additionTable }

var (
	awaitingAddition = steps(onboarding.AwaitProof)
	provingAddition  = steps(stays, onboarding.Completing, onboarding.Cancelled)
)

var additionTable = table{
	{AddAsContact, byPerson, awaitingAddition, provingAddition},
	{SubmitCredentials, byPerson, awaitingAddition, provingAddition},
	{Cancel, byPerson, awaitingAddition, steps(onboarding.Cancelled)},
	{"the institution is added", bySystem, steps(onboarding.Completing), steps(onboarding.Notifying)},
	{"somebody else was first, or the institution has closed", bySystem, steps(onboarding.Completing), awaitingAddition},
	{"the confirmations are sent", bySystem, steps(onboarding.Notifying), steps(onboarding.Added)},
	{"the deadline of the case passes", bySystem, awaitingAddition, steps(onboarding.Expired)},
}
