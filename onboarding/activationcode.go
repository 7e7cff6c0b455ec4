package onboarding

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// ActivationCode proves an institution that has no account: 16 symbols, of which 4 select the code, 11 are its secret
// and the last one checks the others. It is printed in a letter and stored nowhere.
type ActivationCode string

// Lengths of the parts of an activation code, in symbols of 5 bits.
const (
	codeSymbols    = 16
	codeSelector   = 4
	codeGroup      = 4 // printed together
	codeRandomness = codeSymbols - 1
)

// codeAlphabet leaves out what is read as something else (I, L, O), and U.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// lookAlikes are what people read and type for a symbol of the alphabet.
var lookAlikes = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// NewActivationCode makes a code from 15 bytes of random, which must be a cryptographic source.
func NewActivationCode(random io.Reader) (ActivationCode, error) {
	drawn := make([]byte, codeRandomness)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return "", fmt.Errorf("draw activation code: %w", err)
	}
	for i, b := range drawn {
		drawn[i] = codeAlphabet[b%byte(len(codeAlphabet))] // 256 is a multiple of 32: no symbol is likelier
	}
	return ActivationCode(append(drawn, checkSymbol(string(drawn)))), nil
}

// ParseActivationCode forgives case, blanks, dashes, dots and look-alikes, and says what is wrong with the rest. What it
// refuses was mistyped: no code that was ever printed looks like it.
func ParseActivationCode(typed string) (ActivationCode, error) {
	code := lookAlikes.Replace(strings.ToUpper(strings.Map(separator, typed)))
	switch n := len([]rune(code)); {
	case n == 0:
		return "", &Error{Kind: Invalid, Message: "e.code.empty"}
	case strings.Trim(code, codeAlphabet) != "":
		return "", &Error{Kind: Invalid, Message: "e.code.symbols"}
	case n != codeSymbols:
		return "", &Error{Kind: Invalid, Message: "e.code.form", Args: map[string]string{"n": strconv.Itoa(n)}}
	case checkSymbol(code[:codeSymbols-1]) != code[codeSymbols-1]:
		return "", &Error{Kind: Invalid, Message: "e.code.check"}
	}
	return ActivationCode(code), nil
}

// separator takes out what people put between groups of symbols.
func separator(r rune) rune {
	if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '.' || r == '\u00ad' {
		return -1
	}
	return r
}

// checkSymbol is the one that Luhn's algorithm modulo 32 puts behind the symbols: doubling each second one, from the
// last backwards, and adding what carries over. It tells every single mistake, and every swap of neighbours but that of
// the first and the last symbol of the alphabet.
func checkSymbol(symbols string) byte {
	const n = len(codeAlphabet)
	sum := 0
	for i := range len(symbols) {
		value := strings.IndexByte(codeAlphabet, symbols[len(symbols)-1-i])
		if i%2 == 0 {
			value = 2*value/n + 2*value%n
		}
		sum += value
	}
	return codeAlphabet[(n-sum%n)%n]
}

// Selector tells which code it is. It is no secret.
func (c ActivationCode) Selector() string { return string(c[:codeSelector]) }

// Secret is what proves the code: 55 random bits.
func (c ActivationCode) Secret() string { return string(c[codeSelector : codeSymbols-1]) }

// Printed is the code as it stands in a letter: 7K3M-…, in four groups.
func (c ActivationCode) Printed() string {
	var groups []string
	for i := 0; i < codeSymbols; i += codeGroup {
		groups = append(groups, string(c[i:i+codeGroup]))
	}
	return strings.Join(groups, "-")
}
