package eherkenning

import (
	"encoding/xml"
	"errors"
	"strings"

	"github.com/beevik/etree"

	"koppel/onboarding"
)

// nameID is a decrypted identifier.
type nameID struct {
	XMLName       xml.Name
	NameQualifier string     `xml:"NameQualifier,attr"`
	Value         string     `xml:",chardata"`
	Elements      []struct{} `xml:",any"`
}

// readNameID reads the plaintext of an EncryptedID. A supplier may encrypt a fragment that relies on the prefixes
// of the document around it; prefixes holds those. No error repeats the plaintext.
func readNameID(plaintext []byte, prefixes map[string]string) (onboarding.Subject, error) {
	if err := scan(plaintext); err != nil {
		return onboarding.Subject{}, err
	}
	var id nameID
	if err := xml.Unmarshal(plaintext, &id); err != nil {
		return onboarding.Subject{}, errors.New("identifier cannot be read")
	}
	if id.XMLName.Local != "NameID" || !isAssertionNamespace(id.XMLName.Space, prefixes) || len(id.Elements) > 0 {
		return onboarding.Subject{}, errors.New("identifier is not a NameID")
	}
	return onboarding.Subject{Type: withoutVersion(id.NameQualifier), Value: strings.TrimSpace(id.Value)}, nil
}

// isAssertionNamespace also takes an undeclared prefix, which the decoder leaves as it stands.
func isAssertionNamespace(space string, prefixes map[string]string) bool {
	return space == nsAssertion || prefixes[space] == nsAssertion
}

// prefixesAt lists the namespace prefixes in scope at an element; the default namespace stands under "".
func prefixesAt(element *etree.Element) map[string]string {
	prefixes := map[string]string{}
	for ; element != nil; element = element.Parent() {
		for _, attribute := range element.Attr {
			prefix, isPrefix := attribute.Key, attribute.Space == "xmlns"
			if attribute.Space == "" && attribute.Key == "xmlns" {
				prefix, isPrefix = "", true
			}
			if _, inner := prefixes[prefix]; isPrefix && !inner {
				prefixes[prefix] = attribute.Value
			}
		}
	}
	return prefixes
}
