package passwords

import (
	"errors"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// How long a new password is, in signs. eHerkenning always stands before it, so it need not be longer; there is a most
// so that hashing has a bound.
const (
	NewLeast = 12
	NewMost  = 128
)

// Why a new password is not taken.
var (
	ErrShort = errors.New("the password is too short")
	ErrLong  = errors.New("the password is too long")
)

// ParseNew returns a new password in the form that is kept, and refuses one of the wrong length. There are no rules
// about what signs it has (OWASP ASVS 6.2.5); what is easy to guess, Known tells.
func ParseNew(typed string) (string, error) {
	password := normal(typed)
	switch length := utf8.RuneCountInString(password); {
	case length < NewLeast:
		return "", ErrShort
	case length > NewMost:
		return "", ErrLong
	}
	return password, nil
}

// normal is a password in NFKC: keyboards and systems write the same signs in several ways.
func normal(password string) string { return norm.NFKC.String(password) }
