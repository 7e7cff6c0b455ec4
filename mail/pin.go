package mail

import (
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// PINTimes are the times that a PIN mail prints.
type PINTimes struct {
	Requested  time.Time // in the subject, so that two requests don't fold into one thread
	ValidUntil time.Time
}

// PIN mails the PIN that proves an address. Whoever else reads that mailbox learns no school and no username, and a
// notification shows the first sentences, which is why the PIN comes after them and not in the subject.
func (ls Letters) PIN(language messages.Language, pin onboarding.PIN, times PINTimes) Message {
	return ls.pin(language, "m1.1", pin, times)
}

// pin is the mail whose first paragraph says what the PIN is for.
func (ls Letters) pin(language messages.Language, purpose string, pin onboarding.PIN, times PINTimes) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m1.subject",
		paragraphs: []string{purpose, "m1.2", "m1.3", "m.notyou", "m.safe"},
		pin:        pin,
		args: map[string]string{
			"tijd":  messages.Time(language, times.Requested),
			"tijd2": messages.Time(language, times.ValidUntil),
		},
	})
}
