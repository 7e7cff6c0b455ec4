package web

import (
	"html/template"
	"strconv"
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
	LogoutNonce  string
	LanguageLink string
}

// Say is the sentence under key as HTML. Placeholders are filled by the pairs of names and values that follow;
// those of the helpdesk become links, an address of the reader stands out. Sentences hold no markup themselves (a test of package messages sees to it).
func (s *screen) Say(key string, pairs ...string) template.HTML {
	args := map[string]string{
		"helpdesk_mail": link("mailto:"+s.settings.HelpdeskMail, s.settings.HelpdeskMail),
		"helpdesk_tel":  link("tel:"+dialled(s.settings.HelpdeskPhone), s.settings.HelpdeskPhone),
		"afzender":      template.HTMLEscapeString(s.settings.MailFrom),
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = template.HTMLEscapeString(pairs[i+1])
	}
	if email, given := args["email"]; given {
		args["email"] = "<strong>" + email + "</strong>"
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

// Pending tells whether a mail in this state may still change state.
func (s *screen) Pending(mailState string) bool { return mailState == "queued" || mailState == "late" }

// Home is where the name of the service leads.
func (s *screen) Home() string {
	if s.LoggedIn {
		return homePath
	}
	return loginPath
}

// Asset is the address of a file of the look.
func (s *screen) Asset(name string) string { return assetURL(name) }

// formField is what an input needs to know besides its value.
type formField struct {
	ID     string // also the name
	Errors []fieldError
	Prefix string // "Fout:", for those who cannot see red
}

// Field is the state of an input.
func (s *screen) Field(id string) formField {
	return formField{id, s.ErrorsOf(id), messages.Text(s.Language, "err.prefix", nil)}
}

// DescribedBy lists the ids of what a screen reader reads with an input: its hint (empty: none), then its faults.
func (f formField) DescribedBy(hint string) string {
	var ids []string
	if hint != "" {
		ids = append(ids, hint)
	}
	if len(f.Errors) > 0 {
		ids = append(ids, f.ID+"-fout")
	}
	return strings.Join(ids, " ")
}

// FieldsFailed tells whether a fault can be mended in a field.
func (s *screen) FieldsFailed() bool { return len(s.Errors) > len(s.ErrorsOf("")) }

// Under lists the numbered keys below a key: text.1, text.2 and so on, each with a sentence or with keys of its own.
func (s *screen) Under(key string) []string {
	var keys []string
	for n := 1; messages.HasUnder(key + "." + strconv.Itoa(n)); n++ {
		keys = append(keys, key+"."+strconv.Itoa(n))
	}
	return keys
}

// SayAll is the sentences under the numbered keys below a key, as HTML.
func (s *screen) SayAll(key string) []template.HTML {
	var sentences []template.HTML
	for _, numbered := range s.Under(key) {
		sentences = append(sentences, s.Say(numbered))
	}
	return sentences
}
