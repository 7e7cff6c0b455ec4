// Package messages holds every sentence that a user reads, in Dutch and English, and the way times and dates are
// written. The sentences stand in nl.json and en.json under the same keys; when to say what is decided elsewhere.
package messages

import (
	"embed"
	"encoding/json"
	"regexp"
	"strings"
)

// Language is one of the languages koppel speaks, as written in an HTML lang attribute.
type Language string

// Both languages. Dutch is the default.
const (
	Dutch   Language = "nl"
	English Language = "en"
)

// Languages lists every language.
var Languages = []Language{Dutch, English}

// ParseLanguage reads a language from outside. What koppel does not speak becomes Dutch.
func ParseLanguage(s string) Language {
	if Language(s) == English {
		return English
	}
	return Dutch
}

// Other is the language that a reader can switch to.
func (l Language) Other() Language {
	if l == English {
		return Dutch
	}
	return English
}

//go:embed nl.json en.json
var files embed.FS

var texts = map[Language]map[string]string{
	Dutch:   mustRead("nl.json"),
	English: mustRead("en.json"),
}

// mustRead panics, because the files are part of the program.
func mustRead(name string) map[string]string {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	var words map[string]string
	if err := json.Unmarshal(content, &words); err != nil {
		panic(name + ": " + err.Error())
	}
	return words
}

// plural is a word in its two forms: {try/tries}.
var plural = regexp.MustCompile(`\{(\pL+)/(\pL+)\}`)

// Text is the sentence under key with every {name} in it replaced by args["name"], and of every {one/many} the form
// that fits args["n"]. Arguments are plain text and are not searched for placeholders themselves. A key without a
// sentence comes back as it is.
func Text(lang Language, key string, args map[string]string) string {
	words, ok := texts[ParseLanguage(string(lang))][key]
	if !ok {
		return key
	}
	form := "$2"
	if args["n"] == "1" {
		form = "$1"
	}
	words = plural.ReplaceAllString(words, form)
	pairs := make([]string, 0, 2*len(args))
	for name, value := range args {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(words)
}

// Has reports whether there is a sentence under key.
func Has(key string) bool {
	_, ok := texts[Dutch][key]
	return ok
}
