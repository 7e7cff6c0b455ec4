package eherkenning

import (
	"encoding/xml"
	"errors"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
)

// The messages as they are read from signed bytes. Every name carries its namespace and everything that can repeat
// is a list, so that a foreign namesake or a second copy shows. (The types of crewjam/saml match several names in
// any namespace and let the last copy win; they are used where they do not.)

type artifactResponse struct {
	XMLName xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:protocol ArtifactResponse"`
	header
	Statuses  []saml.Status `xml:"urn:oasis:names:tc:SAML:2.0:protocol Status"`
	Responses []response    `xml:"urn:oasis:names:tc:SAML:2.0:protocol Response"`
}

type response struct {
	header
	Destination         string         `xml:"Destination,attr"`
	Statuses            []saml.Status  `xml:"urn:oasis:names:tc:SAML:2.0:protocol Status"`
	Assertions          []assertionRef `xml:"urn:oasis:names:tc:SAML:2.0:assertion Assertion"`
	EncryptedAssertions []struct{}     `xml:"urn:oasis:names:tc:SAML:2.0:assertion EncryptedAssertion"`
}

// assertionRef is all that is read of an assertion before its own signature has been checked.
type assertionRef struct {
	ID string `xml:"ID,attr"`
}

type assertion struct {
	XMLName xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:assertion Assertion"`
	header
	Subjects        []subject        `xml:"urn:oasis:names:tc:SAML:2.0:assertion Subject"`
	Conditions      []conditions     `xml:"urn:oasis:names:tc:SAML:2.0:assertion Conditions"`
	AuthnStatements []authnStatement `xml:"urn:oasis:names:tc:SAML:2.0:assertion AuthnStatement"`
}

// header is what every message and assertion begins with.
type header struct {
	ID           string           `xml:"ID,attr"`
	Version      string           `xml:"Version,attr"`
	IssueInstant saml.RelaxedTime `xml:"IssueInstant,attr"`
	InResponseTo string           `xml:"InResponseTo,attr"` // not of an assertion
	Issuers      []saml.Issuer    `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
}

type subject struct {
	Confirmations []confirmation `xml:"urn:oasis:names:tc:SAML:2.0:assertion SubjectConfirmation"`
}

type confirmation struct {
	Method string             `xml:"Method,attr"`
	Data   []confirmationData `xml:"urn:oasis:names:tc:SAML:2.0:assertion SubjectConfirmationData"`
}

type confirmationData struct {
	Recipient    string           `xml:"Recipient,attr"`
	InResponseTo string           `xml:"InResponseTo,attr"`
	NotBefore    saml.RelaxedTime `xml:"NotBefore,attr"`
	NotOnOrAfter saml.RelaxedTime `xml:"NotOnOrAfter,attr"`
}

type conditions struct {
	NotBefore    saml.RelaxedTime `xml:"NotBefore,attr"`
	NotOnOrAfter saml.RelaxedTime `xml:"NotOnOrAfter,attr"`
	Restrictions []struct {
		Audiences []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion Audience"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:assertion AudienceRestriction"`
	OneTimeUse       []struct{} `xml:"urn:oasis:names:tc:SAML:2.0:assertion OneTimeUse"`
	ProxyRestriction []struct{} `xml:"urn:oasis:names:tc:SAML:2.0:assertion ProxyRestriction"`
	Unknown          []struct{} `xml:",any"`
}

type authnStatement struct {
	AuthnInstant saml.RelaxedTime `xml:"AuthnInstant,attr"`
	Contexts     []struct {
		ClassRefs   []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion AuthnContextClassRef"`
		Authorities []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion AuthenticatingAuthority"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:assertion AuthnContext"`
}

// canonicalText writes an element that was read from canonical bytes as those bytes.
func canonicalText(signed *etree.Element) ([]byte, error) {
	document := etree.NewDocumentWithRoot(signed.Copy())
	document.WriteSettings = etree.WriteSettings{CanonicalAttrVal: true, CanonicalEndTags: true, CanonicalText: true}
	return document.WriteToBytes()
}

// decode reads a signed element.
func decode(signed *etree.Element, message any) error {
	text, err := canonicalText(signed)
	if err == nil {
		err = xml.Unmarshal(text, message)
	}
	if err != nil {
		return refuse(Malformed, errors.New("message cannot be read")) // the decoder's own words may quote it
	}
	return nil
}
