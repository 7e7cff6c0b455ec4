package onboarding

import "strings"

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
