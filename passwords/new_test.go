package passwords

import (
	"errors"
	"strings"
	"testing"
)

func TestNewPasswordHasTwelveSignsAtLeast(t *testing.T) {
	for typed, want := range map[string]error{
		"":                                 ErrShort,
		"Elf-tekens!":                      ErrShort,
		"Twaalf-teken":                     nil,
		"Èéñ-tekens-é":                     nil,
		strings.Repeat("e\u0301", 11):      ErrShort, // eleven signs, each written as two
		strings.Repeat("ﷺ", 8):             ErrLong,  // 18 signs each in NFKC
		strings.Repeat("lang", NewMost/4):  nil,
		strings.Repeat("x", NewMost+1):     ErrLong,
		"een zin die alleen ik zelf ken ☺": nil,
	} {
		if _, err := ParseNew(typed); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", typed, err, want)
		}
	}
}

func TestPasswordIsTheSameHoweverItsSignsAreWritten(t *testing.T) {
	composed, apart := "Caf\u00e9-de-brug", "Cafe\u0301-de-brug"
	kept, err := ParseNew(apart)
	if err != nil || kept != composed {
		t.Fatalf("kept as %q, %v", kept, err)
	}
	stored, err := cheap.Hash(t.Context(), apart)
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{composed, apart, "\uff23af\u00e9-de-brug"} { // full-width C
		if right, err := Verify(t.Context(), stored, typed); !right || err != nil {
			t.Errorf("%q: %v, %v", typed, right, err)
		}
	}
}

func TestKnownListHoldsTheThreeThousandMostCommon(t *testing.T) {
	if len(known()) < 49_000 || !known()["123456"] || !known()["welkom01"] {
		t.Errorf("%d known passwords", len(known()))
	}
}

func TestCommonPasswordsAreKnown(t *testing.T) {
	context := []string{"Basisschool De Regenboog", "03AB", "Stichting Kind & Co", "helpdesk", "duo", "j.jansen01"}
	for _, password := range []string{
		"1qaz2wsx3edc", "Unbelievable", "ＵＮＢＥＬＩＥＶＡＢＬＥ", // on the list
		"Wachtwoord2024!", "!!Wachtwoord!!", "123welkom123", // dressed up
		"welkom01welkom01", "abcabcabcabc", "qwerty qwerty ", // repeated
		"123456789012", "abcdefghijklm", "aaaaaaaaaaaa", "zyxwvutsrqpo", "000000111111", // rows
		"Regenboog2024!", "De-Regenboog-03AB", "HelpdeskDUO123", "Basisschool-16", "j.jansen01-2024", "jansen.jansen.1", "DuoWachtwoord", // of the context
	} {
		if !Known(password, context...) {
			t.Errorf("%q is taken", password)
		}
	}
	if !Known("unbelievable", "Able") {
		t.Error("a common password is taken for a word of the context in it")
	}
	for _, password := range []string{
		"Twaalf-teken", "zeven fietsen op het dak", "Mijn helpdesk is altijd open", "Regenboog boven de vuurtoren", "kX7#pQ2!mZ9w",
		"correct horse battery staple", "individuoos plan",
	} {
		if Known(password, context...) {
			t.Errorf("%q is refused", password)
		}
	}
}
