package eherkenning

import (
	"strings"

	"github.com/beevik/etree"
)

const (
	nsSOAP         = "http://schemas.xmlsoap.org/soap/envelope/"
	nsProtocol     = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion    = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature    = "http://www.w3.org/2000/09/xmldsig#"
	nsEncryption   = "http://www.w3.org/2001/04/xmlenc#"
	nsEncryption11 = "http://www.w3.org/2009/xmlenc11#"
	nsMetadata     = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsExclusive    = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// is tells whether an element has this name in this namespace, whatever its prefix.
func is(element *etree.Element, namespace, name string) bool {
	return element != nil && element.Tag == name && element.NamespaceURI() == namespace
}

// children lists the child elements of that name.
func children(parent *etree.Element, namespace, name string) []*etree.Element {
	var found []*etree.Element
	for _, child := range parent.ChildElements() {
		if is(child, namespace, name) {
			found = append(found, child)
		}
	}
	return found
}

// only returns the child element of that name, nil when there is none or more than one.
func only(parent *etree.Element, namespace, name string) *etree.Element {
	if parent == nil {
		return nil
	}
	if found := children(parent, namespace, name); len(found) == 1 {
		return found[0]
	}
	return nil
}

// childNames lists the names of all child elements, each of which must be in the namespace; others show as "?".
func childNames(parent *etree.Element, namespace string) string {
	var names []string
	for _, child := range parent.ChildElements() {
		if child.NamespaceURI() == namespace {
			names = append(names, child.Tag)
		} else {
			names = append(names, "?")
		}
	}
	return strings.Join(names, " ")
}

// algorithm reads the Algorithm of the only child element of that name.
func algorithm(parent *etree.Element, namespace, name string) string {
	child := only(parent, namespace, name)
	if child == nil {
		return ""
	}
	return child.SelectAttrValue("Algorithm", "")
}
