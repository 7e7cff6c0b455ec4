// Package mail words the mails of koppel and hands them to a mail server.
//
// Letters makes a Message of each mail, one file per mail; Sender delivers it over SMTP. The words live in package
// messages. When to mail, to whom, and what to do after a failure is decided by workflows and activities; nothing
// here repeats, stores or logs anything.
package mail

import (
	"koppel/messages"
	"koppel/onboarding"
)

// Message is one mail to one person. Letters leaves To and ID to the caller.
type Message struct {
	To onboarding.Email

	// ID is the part of the Message-ID before the @; Sender adds the domain of From. The same mail sent again
	// carries the same ID, so that a mail server or reader can tell a duplicate. Letters, digits, dots, dashes
	// and underscores, at most 128 bytes; nothing personal.
	ID string

	Language messages.Language
	Subject  string
	Text     string // complete by itself
	HTML     string // the same words
}

// Letters words the mails.
type Letters struct {
	HelpdeskPhone string
}
