package mail

import (
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// ResetRequest is what the mails about a forgotten password print.
type ResetRequest struct {
	At    time.Time // of the request
	Name  string    // of the institution
	Code  onboarding.InstitutionCode
	Link  string    // full address of the page where the password is chosen
	Until time.Time // the link works
}

// ResetLink asks a representative to choose a new password; again tells that an earlier mail did. It does not name who
// asked: whoever reads it gives the password to the contact person, whom they know, or does nothing. It lacks the line
// that a password is never to be passed on.
func (ls Letters) ResetLink(language messages.Language, request ResetRequest, again bool) Message {
	l := letter{
		language:   language,
		subject:    "m2.subject",
		greeting:   "m2.hi",
		paragraphs: []string{"m2.1", "m2.2", "m2.3", "m2.4"},
		link:       request.Link,
		args: map[string]string{
			"datum": messages.Date(language, request.At), "tijd": messages.Time(language, request.At),
			"naam": request.Name, "code": string(request.Code),
			"datum2": messages.Date(language, request.Until), "tijd2": messages.Time(language, request.Until),
		},
	}
	if again {
		l.subject = "m2.again.subject"
		l.paragraphs = []string{"m2.1", "m2.again", "m2.2", "m2.3", "m2.4"}
	}
	return ls.message(l)
}

// PasswordChanged tells a representative that a new password was chosen.
func (ls Letters) PasswordChanged(language messages.Language, change Link) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m3.subject",
		greeting:   "m2.hi",
		paragraphs: []string{"m3.1"},
		args:       change.args(language),
	})
}

// OwnPasswordChanged tells the address of the account the same.
func (ls Letters) OwnPasswordChanged(language messages.Language, change Link) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m3.subject",
		paragraphs: []string{"m3.1", "m3.owner"},
		args:       change.args(language),
	})
}
