package workflows

import (
	"slices"

	"koppel/onboarding"
)

// table of a linking.
func (c *linking) table() table { return linkingTable }

var (
	awaitingPIN = steps(onboarding.MailingPIN, onboarding.AwaitPIN)
	unlinked    = steps(onboarding.AwaitProof, onboarding.MailingPIN, onboarding.AwaitPIN)
	unfinished  = append(unlinked[:len(unlinked):len(unlinked)], onboarding.AwaitRepresentative)
)

var linkingTable = slices.Concat(table{
	{SubmitCredentials, byPerson, steps(onboarding.AwaitProof), steps(stays, onboarding.MailingPIN, onboarding.AwaitRepresentative)},
	{SubmitActivationCode, byPerson, steps(onboarding.AwaitProof), steps(stays, onboarding.MailingPIN, onboarding.AwaitRepresentative)},
	{SubmitPIN, byPerson, awaitingPIN, steps(stays, onboarding.Completing)},
	{ResendPIN, byPerson, awaitingPIN, steps(stays)},
	{ChangeAddress, byPerson, steps(onboarding.MailingPIN), steps(stays)},
	{ChangeAddress, byPerson, steps(onboarding.AwaitPIN), steps(stays, onboarding.MailingPIN)},
	{Cancel, byPerson, unfinished, steps(onboarding.Cancelled)},
	{RetryNow, byOperator, awaitingPIN, steps(stays)},
	{mailTaken, bySystem, steps(onboarding.MailingPIN), steps(onboarding.AwaitPIN)},
	{mailTaken, bySystem, steps(onboarding.AwaitPIN), steps(stays)},
	{mailTurnedDown, bySystem, awaitingPIN, steps(stays)},
	{proofLapses, bySystem, awaitingPIN, steps(onboarding.AwaitProof)},
	{linkMade, bySystem, steps(onboarding.Completing), steps(onboarding.Notifying)},
	{linkTaken, bySystem, steps(onboarding.Completing), steps(onboarding.AwaitProof)},
	{noticesSent, bySystem, steps(onboarding.Notifying), steps(onboarding.Linked)},
	{identityMoved, bySystem, unfinished, steps(onboarding.Voided)},
	{deadlinePasses, bySystem, unlinked, steps(onboarding.Expired)},
}, approvalRows(onboarding.MailingPIN, onboarding.AwaitProof), helpRows(onboarding.LinkingCase))

// What happens to a linking by itself.
const (
	mailTaken      = "a mail server takes the PIN mail"
	mailTurnedDown = "a mail server refuses the PIN mail"
	proofLapses    = "the proof is a day old"
	linkMade       = "the link is made"
	linkTaken      = "somebody else was first, or the activation code was replaced"
	noticesSent    = "the confirmations are sent"
	deadlinePasses = "the deadline of the case passes"
)
