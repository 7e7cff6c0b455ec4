package workflows

import (
	"slices"

	"koppel/onboarding"
)

// table of a request for a new password.
func (r *reset) table() table { return resetTable }

var (
	awaitingPassword = steps(onboarding.MailingLink, onboarding.AwaitRepresentative)
	unchosen         = steps(onboarding.AwaitHelpdesk, onboarding.MailingLink, onboarding.AwaitRepresentative)
	unfound          = steps(onboarding.Finding, onboarding.AwaitEnd)
	unreset          = append(unfound[:len(unfound):len(unfound)], unchosen...)
)

var resetTable = slices.Concat(table{
	{RequestReset, byPerson, unreset, steps(stays)},
	{SetPassword, byRepresentative, awaitingPassword, steps(stays, onboarding.Notifying)},
	{RetryNow, byOperator, steps(onboarding.AwaitHelpdesk), steps(stays, onboarding.MailingLink, onboarding.Voided)},
	{RetryNow, byOperator, steps(onboarding.MailingLink), steps(stays)},
	{accountFound, bySystem, unreset, steps(onboarding.MailingLink)},
	{nobodyFound, bySystem, unreset, steps(onboarding.AwaitHelpdesk)},
	{nothingFound, bySystem, steps(onboarding.Finding), steps(onboarding.AwaitEnd)},
	{nothingFound, bySystem, append(steps(onboarding.AwaitEnd), unchosen...), steps(stays)},
	{linkTakenOver, bySystem, steps(onboarding.MailingLink), steps(onboarding.AwaitRepresentative)},
	{linkTakenOver, bySystem, steps(onboarding.AwaitRepresentative), steps(stays)},
	{linksTurnedDown, bySystem, awaitingPassword, steps(stays)},
	{timeToRemind, bySystem, steps(onboarding.AwaitRepresentative), steps(onboarding.MailingLink, onboarding.AwaitHelpdesk, onboarding.Voided)},
	{bothTold, bySystem, steps(onboarding.Notifying), steps(onboarding.PasswordChanged)},
	{identityMoved, bySystem, unreset, steps(onboarding.Voided)},
	{deadlinePasses, bySystem, unfound, steps(onboarding.Unmailed)},
	{deadlinePasses, bySystem, unchosen, steps(onboarding.Expired)},
}, helpRows(onboarding.ResetCase))

// What happens to a request for a new password by itself.
const (
	accountFound    = "the account and its representative are found"
	nobodyFound     = "the account is found, a representative is not"
	nothingFound    = "there is no such account, or too many requests"
	linkTakenOver   = "a mail server takes a mail with a link"
	linksTurnedDown = "a mail server refuses a mail with a link"
	timeToRemind    = "nobody has answered for days"
	bothTold        = "both sides are told"
)
