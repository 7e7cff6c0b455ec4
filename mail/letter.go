package mail

import (
	"cmp"
	"embed"
	html "html/template"
	"strings"
	text "text/template"
	"unicode"

	"koppel/messages"
	"koppel/onboarding"
)

//go:embed templates
var templates embed.FS

var (
	textTemplate = text.Must(text.ParseFS(templates, "templates/letter.txt"))
	htmlTemplate = html.Must(html.ParseFS(templates, "templates/letter.html"))
)

// letter is a mail before it is set in text and HTML. Its texts are keys of package messages.
type letter struct {
	language   messages.Language
	subject    string
	paragraphs []string
	greeting   string         // empty: that of a user
	pin        onboarding.PIN // empty, or set apart where a paragraph names it
	link       string         // empty, or the one address of ours that the reader may follow
	args       map[string]string
}

// paragraph is one line of a letter around a PIN or a link, which most paragraphs don't have.
type paragraph struct {
	Before    string
	PIN, Link string // one of them at most
	After     string
}

type letterView struct {
	Language   messages.Language
	Subject    string
	Paragraphs []paragraph
	Closing    []string // lines
	Automatic  string
}

// message sets l in text and HTML. The templates are fixed and write to memory, so that they can't fail on data.
func (ls Letters) message(l letter) Message {
	view := ls.view(l)
	var plain, marked strings.Builder
	if err := textTemplate.Execute(&plain, view); err != nil {
		panic(err)
	}
	if err := htmlTemplate.Execute(&marked, view); err != nil {
		panic(err)
	}
	return Message{Language: l.language, Subject: view.Subject, Text: plain.String(), HTML: marked.String()}
}

func (ls Letters) view(l letter) letterView {
	args := map[string]string{"helpdesk_tel": ls.HelpdeskPhone, "pin": string(l.pin), "url": l.link}
	for name, value := range l.args {
		args[name] = oneLine(value)
	}
	say := func(key string) string { return messages.Text(l.language, key, args) }
	view := letterView{
		Language:  l.language,
		Subject:   oneLine(say(l.subject)),
		Closing:   strings.Split(say("m.end"), "\n"),
		Automatic: say("m.auto"),
	}
	for _, key := range append([]string{cmp.Or(l.greeting, "m.hi")}, l.paragraphs...) {
		view.Paragraphs = append(view.Paragraphs, l.split(say(key)))
	}
	return view
}

// split sets the PIN or the link apart from the words around it.
func (l letter) split(words string) paragraph {
	for _, part := range []paragraph{{PIN: string(l.pin)}, {Link: l.link}} {
		before, after, found := strings.Cut(words, part.PIN+part.Link)
		if found && part != (paragraph{}) {
			part.Before, part.After = before, after
			return part
		}
	}
	return paragraph{Before: words}
}

// oneLine keeps a name from a register from adding lines to a mail or reversing its text.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}), " ")
}
