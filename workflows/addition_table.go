package workflows

import (
	"slices"

	"koppel/onboarding"
)

// table of an addition.
func (c *addition) table() table { return additionTable }

var (
	awaitingAddition = steps(onboarding.AwaitProof)
	unadded          = steps(onboarding.AwaitProof, onboarding.AwaitRepresentative)
	provingAddition  = steps(stays, onboarding.Completing, onboarding.Cancelled)
	seekingApproval  = append(provingAddition[:3:3], onboarding.AwaitRepresentative)
)

var additionTable = slices.Concat(table{
	{AddAsContact, byPerson, awaitingAddition, provingAddition},
	{SubmitCredentials, byPerson, awaitingAddition, provingAddition},
	{SubmitActivationCode, byPerson, awaitingAddition, provingAddition},
	{AskRepresentative, byPerson, awaitingAddition, seekingApproval},
	{Cancel, byPerson, unadded, steps(onboarding.Cancelled)},
	{institutionAdded, bySystem, steps(onboarding.Completing), steps(onboarding.Notifying)},
	{additionTaken, bySystem, steps(onboarding.Completing), awaitingAddition},
	{noticesSent, bySystem, steps(onboarding.Notifying), steps(onboarding.Added)},
	{identityMoved, bySystem, unadded, steps(onboarding.Voided)},
	{deadlinePasses, bySystem, awaitingAddition, steps(onboarding.Expired)},
}, approvalRows(onboarding.Completing, onboarding.AwaitProof), helpRows(onboarding.AdditionCase))

// What happens to an addition by itself.
const (
	institutionAdded = "the institution is added"
	additionTaken    = "somebody else was first, or the institution has closed"
)
