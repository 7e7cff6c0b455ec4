package onboarding

import (
	"regexp"
	"strings"
)

// referenceAlphabet has no I, L, O or U: they are misheard and misread.
const referenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Reference is what a person reads out to the helpdesk and the helpdesk types into Temporal UI: K3TF-9M2Q.
type Reference string

// NewReference makes a reference from at least eight bytes of a keyed hash or of randomness; 40 bits count.
func NewReference(random []byte) Reference {
	var b strings.Builder
	for i, octet := range random[:8] {
		if i == 4 {
			b.WriteByte('-')
		}
		b.WriteByte(referenceAlphabet[octet%32])
	}
	return Reference(b.String())
}

var (
	referenceShape = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)
	misread        = strings.NewReplacer("O", "0", "I", "1", "L", "1")
)

// ParseReference reads a reference as people type it: in any case, without the dash, with signs that look alike.
func ParseReference(s string) (Reference, error) {
	signs := misread.Replace(strings.ToUpper(strings.Join(strings.FieldsFunc(s, separates), "")))
	if len(signs) == 8 {
		signs = signs[:4] + "-" + signs[4:]
	}
	if !referenceShape.MatchString(signs) {
		return "", &Error{Kind: Invalid, Message: "p.400"}
	}
	return Reference(signs), nil
}

func separates(r rune) bool { return r == ' ' || r == '-' || r == '\u00a0' }
