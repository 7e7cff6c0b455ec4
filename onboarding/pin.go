package onboarding

import (
	"strconv"
	"strings"
	"unicode"
)

// PINDigits is the length of a mailed PIN.
const PINDigits = 6

// PIN is the code that is mailed to prove an address: PINDigits decimal digits, leading zeros kept.
type PIN string

// ParsePIN forgives blanks, dots and dashes and says what is wrong with the rest.
func ParsePIN(typed string) (PIN, error) {
	pin := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(".-–", r) {
			return -1
		}
		return r
	}, typed)
	switch {
	case pin == "":
		return "", &Error{Kind: Invalid, Message: "e.pin.empty"}
	case strings.ContainsFunc(pin, func(r rune) bool { return r < '0' || r > '9' }):
		return "", &Error{Kind: Invalid, Message: "e.pin.letters"}
	case len(pin) != PINDigits:
		return "", &Error{Kind: Invalid, Message: "e.pin.form", Args: map[string]string{"n": strconv.Itoa(len(pin))}}
	}
	return PIN(pin), nil
}
