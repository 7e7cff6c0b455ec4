package brokertest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
)

// Namespaces of the messages.
const (
	nsSOAP      = "http://schemas.xmlsoap.org/soap/envelope/"
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsEncrypt   = "http://www.w3.org/2001/04/xmlenc#"
	nsEncrypt11 = "http://www.w3.org/2009/xmlenc11#"
	nsSchema    = "http://www.w3.org/2001/XMLSchema"
	nsInstance  = "http://www.w3.org/2001/XMLSchema-instance"
)

// maxMessage bounds what the broker reads from anybody, in bytes.
const maxMessage = 128 << 10

// newID makes an xs:ID of 128 random bits.
func newID() string { return "_" + hex.EncodeToString(randomBytes(16)) }

func randomBytes(n int) []byte {
	random := make([]byte, n)
	_, _ = rand.Read(random) // never fails, by its documentation
	return random
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// setAttr leaves out an attribute without a value.
func setAttr(el *etree.Element, key, value string) {
	if value != "" {
		el.CreateAttr(key, value)
	}
}

func setInstant(el *etree.Element, key string, t time.Time) {
	if !t.IsZero() {
		el.CreateAttr(key, instant(t))
	}
}

// addText leaves out an element without a text.
func addText(parent *etree.Element, tag, text string) {
	if text != "" {
		parent.CreateElement(tag).SetText(text)
	}
}

// children returns the elements of that namespace and name.
func children(parent *etree.Element, namespace, tag string) []*etree.Element {
	var found []*etree.Element
	for _, child := range parent.ChildElements() {
		if child.Tag == tag && child.NamespaceURI() == namespace {
			found = append(found, child)
		}
	}
	return found
}

func childText(parent *etree.Element, namespace, tag string) string {
	found := children(parent, namespace, tag)
	if len(found) != 1 {
		return ""
	}
	return found[0].Text()
}

func parseXML(text []byte) (*etree.Element, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(text); err != nil {
		return nil, fmt.Errorf("read XML: %w", err)
	}
	if doc.Root() == nil {
		return nil, errors.New("read XML: no element")
	}
	return doc.Root(), nil
}

func serialise(root *etree.Element) ([]byte, error) {
	doc := etree.NewDocumentWithRoot(root)
	text, err := doc.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("write XML: %w", err)
	}
	return text, nil
}
