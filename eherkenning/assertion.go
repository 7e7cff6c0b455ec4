package eherkenning

import (
	"bytes"
	"encoding/xml"
	"errors"
	"maps"
	"slices"

	"github.com/beevik/etree"
)

// findAssertion returns the only assertion of the answer, in clear or opened. Any other is refused, wherever it hides.
func (v *verification) findAssertion() (*etree.Element, error) {
	if countAssertions(v.rawArtifactResponse) != 1 {
		return nil, refuse(AssertionCount, errors.New("not one assertion"))
	}
	if clear := only(v.rawResponse, nsAssertion, "Assertion"); clear != nil {
		return clear, nil
	}
	sealed := only(only(v.signedArtifactResponse, nsProtocol, "Response"), nsAssertion, "EncryptedAssertion")
	if sealed == nil {
		return nil, refuse(AssertionCount, errors.New("an assertion out of place"))
	}
	return v.sp.openAssertion(sealed, prefixesAt(v.rawResponse))
}

// countAssertions counts those outside Advice, where the broker keeps the statements of its suppliers: evidence for
// a court, signed by parties that we do not know, and never read.
func countAssertions(element *etree.Element) int {
	if is(element, nsAssertion, "Advice") {
		return 0
	}
	count := 0
	if is(element, nsAssertion, "Assertion") || is(element, nsAssertion, "EncryptedAssertion") {
		count = 1
	}
	for _, child := range element.ChildElements() {
		count += countAssertions(child)
	}
	return count
}

// openAssertion decrypts an assertion and puts it under the prefixes of the place where it stood: its signature may
// rely on some that are declared further out.
func (sp *ServiceProvider) openAssertion(sealed *etree.Element, prefixes map[string]string) (*etree.Element, error) {
	plaintext, err := sp.decrypt(sealed)
	if err != nil {
		return nil, err
	}
	document := etree.NewDocument()
	text := inScope(plaintext, prefixes)
	if scan(text) != nil || document.ReadFromBytes(text) != nil {
		return nil, refuse(Malformed, errors.New("opened assertion"))
	}
	assertion := only(document.Root(), nsAssertion, "Assertion")
	if assertion == nil || countAssertions(document.Root()) != 1 {
		return nil, refuse(AssertionCount, errors.New("not one assertion inside the encrypted one"))
	}
	return assertion, nil
}

// inScope writes a fragment inside an element that declares these prefixes.
func inScope(fragment []byte, prefixes map[string]string) []byte {
	var text bytes.Buffer
	text.WriteString("<scope")
	for _, prefix := range slices.Sorted(maps.Keys(prefixes)) {
		name := "xmlns"
		if prefix != "" {
			name += ":" + prefix
		}
		text.WriteString(" " + name + `="`)
		_ = xml.EscapeText(&text, []byte(prefixes[prefix])) // a buffer takes everything
		text.WriteString(`"`)
	}
	text.WriteString(">")
	text.Write(fragment)
	text.WriteString("</scope>")
	return text.Bytes()
}
