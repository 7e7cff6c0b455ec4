package mail

import (
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// Question is what the mails print that ask a representative for an approval.
type Question struct {
	At           time.Time // when it was asked for
	Until        time.Time // the question is open
	Name         string    // of the institution
	Code         onboarding.InstitutionCode
	Ground       onboarding.Ground
	Organisation string // of the login; may be empty
	KvK          onboarding.KvKNumber
	Link         string // full address of the page with the answers
}

func (q Question) args(language messages.Language) map[string]string {
	return map[string]string{
		"datum": messages.Date(language, q.At), "tijd": messages.Time(language, q.At),
		"datum2": messages.Date(language, q.Until), "tijd2": messages.Time(language, q.Until),
		"naam": q.Name, "code": string(q.Code), "organisatie": q.Organisation, "kvk": string(q.KvK),
	}
}

// grounds are the paragraphs that say why representatives are asked.
var grounds = map[onboarding.Ground]string{
	onboarding.OtherOrganisation: "m20.2", onboarding.HeldAlready: "m20.2.held", onboarding.NoContact: "m20.2.contact",
}

// Approval asks a representative whether the person of a login may work for the institution; again tells that an
// earlier mail did. It names the organisation and when, not the person: the page tells a little more to who opens it.
func (ls Letters) Approval(language messages.Language, q Question, again bool) Message {
	who := "m20.1"
	if q.Organisation == "" {
		who = "m20.1.kvk"
	}
	l := letter{
		language: language, subject: "m20.subject", greeting: "m2.hi",
		paragraphs: []string{who, grounds[q.Ground], "m20.3", "m20.4", "m20.5"},
		link:       q.Link, args: q.args(language),
	}
	if again {
		l.subject, l.paragraphs = "m21.subject", append([]string{"m21.1"}, l.paragraphs...)
	}
	return ls.message(l)
}

// Asked tells the address that an account had that somebody has its password, and that representatives are asked.
func (ls Letters) Asked(language messages.Language, q Question) Message {
	return ls.message(letter{
		language: language, subject: "m25.subject",
		paragraphs: []string{"m25.1", "m25.2", "m8.3"},
		args:       q.args(language),
	})
}

// Approved tells who waited that the linking goes on, until when. Like the next two it names no school: nobody has
// shown yet that the address is the reader's.
func (ls Letters) Approved(language messages.Language, at, until time.Time) Message {
	return ls.message(letter{
		language: language, subject: "m22.subject",
		paragraphs: []string{"m22.1", "m22.2", "m.safe"},
		args: map[string]string{
			"datum": messages.Date(language, at), "tijd": messages.Time(language, at),
			"datum2": messages.Date(language, until), "tijd2": messages.Time(language, until),
		},
	})
}

// NotApproved tells who waited that the answer was no.
func (ls Letters) NotApproved(language messages.Language, at time.Time) Message {
	return ls.message(letter{
		language: language, subject: "m23.subject",
		paragraphs: []string{"m23.1", "m23.2"},
		args:       map[string]string{"datum": messages.Date(language, at), "tijd": messages.Time(language, at)},
	})
}

// NotAnswered tells who waited that there was no answer to what was asked at asked.
func (ls Letters) NotAnswered(language messages.Language, asked time.Time) Message {
	return ls.message(letter{
		language: language, subject: "m24.subject",
		paragraphs: []string{"m24.1", "m24.2"},
		args:       map[string]string{"datum": messages.Date(language, asked)},
	})
}

// NotApprovedFor tells somebody with an account that the answer about an institution was no.
func (ls Letters) NotApprovedFor(language messages.Language, q Question, at time.Time) Message {
	args := q.args(language)
	args["datum"], args["tijd"] = messages.Date(language, at), messages.Time(language, at)
	return ls.message(letter{
		language: language, subject: "m23.subject",
		paragraphs: []string{"m23.1.for", "m23.2"},
		args:       args,
	})
}

// NotAnsweredFor tells somebody with an account that there was no answer about an institution.
func (ls Letters) NotAnsweredFor(language messages.Language, q Question) Message {
	return ls.message(letter{
		language: language, subject: "m24.subject",
		paragraphs: []string{"m24.1.for", "m24.2.for"},
		args:       q.args(language),
	})
}

// RepresentativeNotice tells a representative of a link. It names the institution, not the person.
func (ls Letters) RepresentativeNotice(language messages.Language, link Link) Message {
	return ls.message(letter{
		language: language, subject: "m4.subject", greeting: "m2.hi",
		paragraphs: []string{"m4.1", "m26.1", "m8.3"},
		args:       link.args(language),
	})
}
