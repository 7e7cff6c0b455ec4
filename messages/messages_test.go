package messages

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func placeholders(words string) []string {
	found := placeholder.FindAllString(plural.ReplaceAllString(words, "$1"), -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestBothLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	for key, dutch := range texts[Dutch] {
		english, ok := texts[English][key]
		if !ok {
			t.Errorf("%s: no English", key)
			continue
		}
		if want, got := placeholders(dutch), placeholders(english); !slices.Equal(want, got) {
			t.Errorf("%s: Dutch has %v, English %v", key, want, got)
		}
	}
	for key := range texts[English] {
		if _, ok := texts[Dutch][key]; !ok {
			t.Errorf("%s: no Dutch", key)
		}
	}
}

// Pages put sentences into HTML as they are, arguments escaped.
func TestSentencesHoldNoMarkup(t *testing.T) {
	for language, words := range texts {
		for key, sentence := range words {
			if strings.ContainsAny(sentence, `<>&"`) {
				t.Errorf("%s %s: %s", language, key, sentence)
			}
			if sentence == "" || strings.TrimSpace(sentence) != sentence || strings.Contains(sentence, "  ") {
				t.Errorf("%s %s: blanks in %q", language, key, sentence)
			}
		}
	}
}

func TestErrorsEndWithAFullStop(t *testing.T) {
	for language, words := range texts {
		for key, sentence := range words {
			if strings.HasPrefix(key, "e.") && !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s %s: %s", language, key, sentence)
			}
		}
	}
}

// unwelcome are words that the tone of these texts avoids.
var unwelcome = regexp.MustCompile(`(?i)\b(gelieve|dient|betreffende|ongeldige?|sorry|oeps|oops|please note|invalid|je|jij|jouw)\b`)

func TestTone(t *testing.T) {
	for language, words := range texts {
		for key, sentence := range words {
			if found := unwelcome.FindString(sentence); found != "" {
				t.Errorf("%s %s says %q", language, key, found)
			}
		}
	}
}

func TestText(t *testing.T) {
	tests := []struct {
		name     string
		language Language
		key      string
		args     map[string]string
		want     string
	}{
		{"Dutch", Dutch, "e.pin.wrong", map[string]string{"n": "4"}, "De pincode klopt niet. U kunt nog 4 keer proberen."},
		{"English", English, "e.pin.wrong", map[string]string{"n": "4"}, "The PIN is not correct. You have 4 more tries."},
		{"one", English, "e.pin.wrong", map[string]string{"n": "1"}, "The PIN is not correct. You have 1 more try."},
		{"other languages are Dutch", "fr", "next", nil, "Doorgaan"},
		{"an argument is not searched", Dutch, "pin.lead", map[string]string{"email": "{n}@b.nl", "n": "x"}, "Wij sturen een pincode naar {n}@b.nl."},
		{"no such key", Dutch, "no.such.key", nil, "no.such.key"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Text(test.language, test.key, test.args); got != test.want {
				t.Errorf("want %q, got %q", test.want, got)
			}
		})
	}
}

func TestParseLanguage(t *testing.T) {
	for typed, want := range map[string]Language{"nl": Dutch, "en": English, "": Dutch, "EN": Dutch, "<script>": Dutch} {
		if got := ParseLanguage(typed); got != want {
			t.Errorf("%q: want %s, got %s", typed, want, got)
		}
	}
}

func TestTimes(t *testing.T) {
	tests := []struct {
		at                   time.Time
		dutch, english       string
		dutchDay, englishDay string
	}{
		{time.Date(2022, 4, 21, 12, 35, 59, 0, time.UTC), "14.35", "14:35", "21 april 2022", "21 April 2022"},
		{time.Date(2026, 1, 5, 8, 5, 0, 0, time.UTC), "09.05", "09:05", "5 januari 2026", "5 January 2026"},
		{time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC), "00.30", "00:30", "1 januari 2027", "1 January 2027"},
		{time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), "02.30", "02:30", "25 oktober 2026", "25 October 2026"},
	}
	for _, test := range tests {
		got := []string{Time(Dutch, test.at), Time(English, test.at), Date(Dutch, test.at), Date(English, test.at)}
		if want := []string{test.dutch, test.english, test.dutchDay, test.englishDay}; !slices.Equal(want, got) {
			t.Errorf("%v: want %v, got %v", test.at, want, got)
		}
	}
}
