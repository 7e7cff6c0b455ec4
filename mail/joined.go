package mail

import (
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// Joined tells a person that another eHerkenning can log in to the account.
func (ls Letters) Joined(language messages.Language, at time.Time, organisation onboarding.KvKNumber) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m5.join.subject",
		paragraphs: []string{"m5.join.1", "m5.2"},
		args: map[string]string{"datum": messages.Date(language, at), "tijd": messages.Time(language, at),
			"kvk": string(organisation)},
	})
}
