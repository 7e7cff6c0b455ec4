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
	{SubmitActivationCode, byPerson, awaitingAddition, provingAddition},
	{Cancel, byPerson, awaitingAddition, steps(onboarding.Cancelled)},
	{institutionAdded, bySystem, steps(onboarding.Completing), steps(onboarding.Notifying)},
	{additionTaken, bySystem, steps(onboarding.Completing), awaitingAddition},
	{noticesSent, bySystem, steps(onboarding.Notifying), steps(onboarding.Added)},
	{deadlinePasses, bySystem, awaitingAddition, steps(onboarding.Expired)},
}

// What happens to an addition by itself.
const (
	institutionAdded = "the institution is added"
	additionTaken    = "somebody else was first, or the institution has closed"
)
