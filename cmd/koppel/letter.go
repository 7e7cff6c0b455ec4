package main

import (
	_ "embed"
	"html/template"
	"io"
	"time"

	"koppel/messages"
)

//go:embed letter.html
var letterText string

var letterTemplate = template.Must(template.New("letter").Parse(letterText))

// writeLetter writes the letter with a code. It is in Dutch, as the registers that it is addressed by.
func writeLetter(out io.Writer, made issued, s settings, now time.Time) error {
	return letterTemplate.Execute(out, map[string]any{
		"Name": made.Name, "Place": made.Place, "Institution": made.Code, "Code": made.code.Printed(),
		"Date": messages.Date(messages.Dutch, now), "Until": messages.Date(messages.Dutch, made.expires),
		"URL": s.PublicURL, "Mail": s.HelpdeskMail, "Phone": s.HelpdeskPhone,
	})
}
