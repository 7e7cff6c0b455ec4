package mail

import (
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// Locked tells a person that too many wrong PINs were filled in and when the step opens again. The longest lock is
// a day, hence the date.
func (ls Letters) Locked(language messages.Language, until time.Time) Message {
	until = onboarding.OnTheMinute(until)
	return ls.message(letter{
		language:   language,
		subject:    "m6.subject",
		paragraphs: []string{"m6.1", "m4.3", "m.safe"},
		args: map[string]string{
			"datum": messages.Date(language, until),
			"tijd":  messages.Time(language, until),
		},
	})
}
