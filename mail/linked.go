package mail

import (
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// Link is what the mails about a link print.
type Link struct {
	At   time.Time
	Name string // of the institution
	Code onboarding.InstitutionCode
}

func (l Link) args(language messages.Language) map[string]string {
	return map[string]string{
		"datum": messages.Date(language, l.At),
		"tijd":  messages.Time(language, l.At),
		"naam":  l.Name,
		"code":  string(l.Code),
	}
}

// Linked confirms a link to the person who made it.
func (ls Letters) Linked(language messages.Language, link Link) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m4.subject",
		paragraphs: []string{"m4.1", "m4.2", "m4.3", "m.safe"},
		args:       link.args(language),
	})
}
