package mail

import (
	"time"

	"koppel/messages"
)

// ReminderTimes are the times that a reminder prints.
type ReminderTimes struct {
	Started   time.Time // of the linking
	OpenUntil time.Time // the linking can be finished until then
}

// Reminder tells a person who has not filled in the PIN how long the linking stays open. It has no link: the way
// back is a login.
func (ls Letters) Reminder(language messages.Language, times ReminderTimes) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m7.subject",
		paragraphs: []string{"m7.1", "m7.2", "m7.3", "m.safe"},
		args: map[string]string{
			"datum":  messages.Date(language, times.Started),
			"datum2": messages.Date(language, times.OpenUntil),
			"tijd2":  messages.Time(language, times.OpenUntil),
		},
	})
}
