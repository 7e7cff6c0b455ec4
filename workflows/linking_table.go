package workflows

import "koppel/onboarding"

// table of a linking.
func (c *linking) table() table { return linkingTable }

var (
	awaitingPIN = steps(onboarding.MailingPIN, onboarding.AwaitPIN)
	unlinked    = steps(onboarding.AwaitProof, onboarding.MailingPIN, onboarding.AwaitPIN)
)

var linkingTable = table{
	{SubmitCredentials, byPerson, steps(onboarding.AwaitProof), steps(onboarding.AwaitProof, onboarding.MailingPIN)},
	{SubmitPIN, byPerson, awaitingPIN, steps(onboarding.MailingPIN, onboarding.AwaitPIN, onboarding.Completing)},
	{ResendPIN, byPerson, awaitingPIN, awaitingPIN},
	{ChangeAddress, byPerson, awaitingPIN, awaitingPIN},
	{Cancel, byPerson, unlinked, steps(onboarding.Cancelled)},
	{RetryNow, byOperator, awaitingPIN, awaitingPIN},
	{"the mail server takes the PIN mail", bySystem, awaitingPIN, steps(onboarding.AwaitPIN)},
	{"the mail server refuses the PIN mail, or it comes back", bySystem, awaitingPIN, awaitingPIN},
	{"the proof is a day old", bySystem, awaitingPIN, steps(onboarding.AwaitProof)},
	{"the link is made", bySystem, steps(onboarding.Completing), steps(onboarding.Notifying)},
	{"somebody else was first", bySystem, steps(onboarding.Completing), steps(onboarding.AwaitProof)},
	{"the confirmations are sent", bySystem, steps(onboarding.Notifying), steps(onboarding.Linked)},
	{"the deadline of the case", bySystem, unlinked, steps(onboarding.Expired)},
}
