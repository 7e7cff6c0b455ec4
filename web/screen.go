package web

import (
	"html/template"
	"strings"

	"koppel/messages"
)

// screen is what a template sees: a page, who looks at it, and the words.
type screen struct {
	page
	settings     renderSettings
	Language     messages.Language
	Nonce        string
	LoggedIn     bool
	Linked       bool // and has a link, as far as the session knows
	LogoutNonce  string
	Control      string // what the helpdesk asks to know who is at the page; empty: none
	LanguageLink string
	IdleSeconds  int // that this page stays usable; 0: for ever, nobody is logged in
}

// WarningSeconds is how long before its end a page asks whether one is still there, as its text says.
func (s *screen) WarningSeconds() int { return 120 }

// Say is the sentence under key as HTML. Placeholders are filled by the pairs of names and values that follow;
// those of the helpdesk become links, an address of the reader stands out. Sentences hold no markup themselves
// (a test of package messages sees to it).
func (s *screen) Say(key string, pairs ...string) template.HTML {
	args := map[string]string{
		"helpdesk_mail": link("mailto:"+s.settings.HelpdeskMail, s.settings.HelpdeskMail),
		"helpdesk_tel":  link("tel:"+dialled(s.settings.HelpdeskPhone), unbroken(s.settings.HelpdeskPhone)),
		"afzender":      template.HTMLEscapeString(s.settings.MailFrom),
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = template.HTMLEscapeString(pairs[i+1])
	}
	if email, given := args["email"]; given {
		args["email"] = "<strong>" + breakable(email) + "</strong>"
	}
	return s.html(messages.Text(s.Language, key, args))
}

// SayOf is Say with the placeholders filled from a map.
func (s *screen) SayOf(key string, args map[string]string) template.HTML {
	var pairs []string
	for name, value := range args {
		pairs = append(pairs, name, value)
	}
	return s.Say(key, pairs...)
}

// Has tells whether there is a sentence under key.
func (s *screen) Has(key string) bool { return messages.Has(key) }

// Mark is a translated sentence as HTML.
func (s *screen) Mark(sentence string) template.HTML {
	return s.html(template.HTMLEscapeString(sentence))
}

// Tell is a fault as HTML.
func (s *screen) Tell(fault fieldError) template.HTML {
	return s.html(breakable(template.HTMLEscapeString(fault.in(s.Language))))
}

// dutchTerms are names of things that keep their Dutch name in English.
var dutchTerms = []string{"machtigingenbeheerder", "machtiging", "gemachtigde", "instellingscode", "bestuursnummer",
	"Dienst Uitvoering Onderwijs"}

var dutchMarker = newDutchMarker()

func newDutchMarker() *strings.Replacer {
	var pairs []string
	for _, term := range dutchTerms {
		pairs = append(pairs, term, `<span lang="nl">`+term+`</span>`)
	}
	return strings.NewReplacer(pairs...)
}

// html tells screen readers which words of an English sentence are Dutch.
func (s *screen) html(escaped string) template.HTML {
	if s.Language == messages.English {
		escaped = dutchMarker.Replace(escaped)
	}
	return template.HTML(escaped) //nolint:gosec // every part is escaped by the callers
}

func link(address, words string) string {
	return `<a class="nl-link" href="` + template.HTMLEscapeString(address) + `">` + template.HTMLEscapeString(words) + `</a>`
}

// breakable lets an address break after its @, before it would break within a word.
func breakable(escaped string) string { return strings.ReplaceAll(escaped, "@", "@<wbr>") }

// unbroken keeps a telephone number on one line.
func unbroken(number string) string { return strings.ReplaceAll(number, " ", "\u00a0") }

// dialled is a telephone number without its spaces and other marks.
func dialled(number string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
}

// WindowTitle is the title of the browser's window: what matters most comes first.
func (s *screen) WindowTitle() string {
	key := "title"
	switch {
	case len(s.Errors) > 0:
		key = "title.err"
	case s.Success != "":
		key = "title.ok"
	}
	return messages.Text(s.Language, key, map[string]string{"titel": s.Title})
}

// ErrorsOf are the faults of one field.
func (s *screen) ErrorsOf(field string) []fieldError {
	var found []fieldError
	for _, e := range s.Errors {
		if e.Field == field {
			found = append(found, e)
		}
	}
	return found
}

// SummaryHeading is the key of the heading above the faults: not every fault is one of the user's.
func (s *screen) SummaryHeading() string {
	for _, e := range s.Errors {
		if e.Field != "" {
			return "summary.h"
		}
	}
	return "summary.wait"
}

// Home is where the name of the service leads.
func (s *screen) Home() string {
	if s.LoggedIn {
		return homePath
	}
	return loginPath
}

// Asset is the address of a file of the look.
func (s *screen) Asset(name string) string { return assetURL(name) }
