package mail

import (
	"fmt"
	"strings"
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// Institution is one that a mail names.
type Institution struct {
	Name string
	Code onboarding.InstitutionCode
}

// Unlinking is what the mails about an unlinking print.
type Unlinking struct {
	At           time.Time
	Institutions []Institution // of the person; to a representative, only those that the representative is of
	Coded        bool          // a letter with a new activation code is on its way
}

func (u Unlinking) args(language messages.Language) map[string]string {
	var names []string
	for _, each := range u.Institutions {
		names = append(names, fmt.Sprintf("%s (%s)", each.Name, each.Code))
	}
	return map[string]string{
		"datum": messages.Date(language, u.At), "tijd": messages.Time(language, u.At), "namen": strings.Join(names, ", "),
	}
}

// Unlinked tells a person that the helpdesk has unlinked an eHerkenning login of theirs.
func (ls Letters) Unlinked(language messages.Language, u Unlinking) Message {
	l := letter{language: language, subject: "m30.subject", paragraphs: []string{"m30.1", "m30.call", "m30.3"}, args: u.args(language)}
	if u.Coded {
		l.paragraphs[1] = "m30.code"
	}
	return ls.message(l)
}

// UnlinkedNotice tells a representative the same. It does not name the person: the helpdesk can.
func (ls Letters) UnlinkedNotice(language messages.Language, u Unlinking) Message {
	l := letter{language: language, subject: "m31.subject", greeting: "m2.hi", paragraphs: []string{"m31.1"}, args: u.args(language)}
	if u.Coded {
		l.paragraphs = append(l.paragraphs, "m31.code")
	}
	l.paragraphs = append(l.paragraphs, "m31.2")
	return ls.message(l)
}
