package mail

import (
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// RegisterChange is what the mail about a change in the registers prints.
type RegisterChange struct {
	Kind      onboarding.RegisterChange
	Name      string // of the institution
	Code      onboarding.InstitutionCode
	OtherName string // of the successor, or of the new board
	Other     onboarding.InstitutionCode
	On        time.Time // the day; of a school that moved there is none
}

// registerParagraphs are the words of each kind of change.
var registerParagraphs = map[onboarding.RegisterChange][]string{
	onboarding.Merged: {"change.merged", "m9.merged", "m9.wrong", "m.safe"},
	onboarding.Ended:  {"change.closed", "m9.closed", "m9.wrong", "m.safe"},
	onboarding.Moved:  {"change.moved", "m9.moved", "m9.wrong", "m.safe"},
}

// Register tells a person what became of an institution.
func (ls Letters) Register(language messages.Language, change RegisterChange) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m9.subject",
		paragraphs: registerParagraphs[change.Kind],
		args: map[string]string{
			"naam": change.Name, "code": string(change.Code), "naam2": change.OtherName, "code2": string(change.Other),
			"datum": messages.Date(language, change.On),
		},
	})
}
