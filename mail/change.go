package mail

import (
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// ChangePIN mails the PIN that proves the new address of a person, as PIN does for a link.
func (ls Letters) ChangePIN(language messages.Language, pin onboarding.PIN, times PINTimes) Message {
	return ls.pin(language, "m1.change", pin, times)
}

// ChangeAsked tells the present address that somebody who is logged in wants another one.
func (ls Letters) ChangeAsked(language messages.Language, at time.Time) Message {
	return ls.change(language, at, "m16.subject", "m16.1", "m16.2", "m16.3", "m.safe")
}

// Changed confirms the change to the new address.
func (ls Letters) Changed(language messages.Language, at time.Time) Message {
	return ls.change(language, at, "m17.subject", "m17.1", "m17.2", "m4.3", "m.safe")
}

// ChangedNotice tells the former address that it is the person's no more. It does not name the new one: the reader may
// be somebody else.
func (ls Letters) ChangedNotice(language messages.Language, at time.Time) Message {
	return ls.change(language, at, "m18.subject", "m18.1", "m4.3")
}

func (ls Letters) change(language messages.Language, at time.Time, subject string, paragraphs ...string) Message {
	return ls.message(letter{
		language: language, subject: subject, paragraphs: paragraphs,
		args: map[string]string{"datum": messages.Date(language, at), "tijd": messages.Time(language, at)},
	})
}
