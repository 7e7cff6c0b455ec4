package helpdesk

import (
	"maps"
	"slices"

	"koppel/onboarding"
)

// fits are the steps of each kind of case at which agents may do something. The tables of package workflows are made of
// it, and activities ask it again.
var fits = map[Verb]map[onboarding.CaseKind][]onboarding.Step{
	Resend: {
		onboarding.LinkingCase:     {onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.EmailChangeCase: {onboarding.MailingPIN, onboarding.AwaitPIN},
	},
	Correct: {
		onboarding.LinkingCase:     {onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.EmailChangeCase: {onboarding.MailingPIN, onboarding.AwaitPIN},
	},
	Unlock: {
		onboarding.LinkingCase:     {onboarding.AwaitProof, onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.EmailChangeCase: {onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.AdditionCase:    {onboarding.AwaitProof},
	},
	Extend: {
		onboarding.LinkingCase:     {onboarding.AwaitProof, onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.EmailChangeCase: {onboarding.AwaitAddress, onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.AdditionCase:    {onboarding.AwaitProof},
	},
	Retry: {
		onboarding.LinkingCase:     {onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.EmailChangeCase: {onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.ResetCase:       {onboarding.AwaitHelpdesk, onboarding.MailingLink},
	},
	Cancel: {
		onboarding.LinkingCase:     {onboarding.AwaitProof, onboarding.AwaitRepresentative, onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.EmailChangeCase: {onboarding.AwaitAddress, onboarding.MailingPIN, onboarding.AwaitPIN},
		onboarding.AdditionCase:    {onboarding.AwaitProof, onboarding.AwaitRepresentative},
		onboarding.ResetCase:       {onboarding.AwaitEnd, onboarding.AwaitHelpdesk, onboarding.MailingLink, onboarding.AwaitRepresentative},
	},
}

// CaseVerbs lists what an agent of the helpdesk can do about a case of whatever kind that is under way.
func CaseVerbs() []Verb {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(fits)), func(v Verb) bool { return !Desk.May(v) })
}

// Fits lists the steps at which agents may do something about a case of a kind; none where they never may.
func Fits(verb Verb, kind onboarding.CaseKind) []onboarding.Step { return fits[verb][kind] }
