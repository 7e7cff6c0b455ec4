package eherkenning

import (
	"crypto/x509"
	"errors"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// The only algorithms of the scheme (Afsprakenstelsel: Digital signature).
const (
	signatureRSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	digestSHA256       = "http://www.w3.org/2001/04/xmlenc#sha256"
	transformEnveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	transformExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// verifySignature checks the signature of one element and returns the element as it was signed: read again from
// the canonical bytes, without the signature, out of reach of whatever surrounds it in the document.
//
// KeyInfo is dropped, because the scheme allows a KeyName at most and because what a message says about its own key
// proves nothing; instead each certificate of the broker is tried alone.
func (b *broker) verifySignature(element *etree.Element, now time.Time) (*etree.Element, error) {
	if err := checkSignatureForm(element, followsIssuer); err != nil {
		return nil, err
	}
	return verifySignature(element, b.certificates, now)
}

// verifySignature tries certificates on a signature whose form has been checked.
func verifySignature(element *etree.Element, certificates []*x509.Certificate, now time.Time) (*etree.Element, error) {
	element, err := detach(element)
	if err != nil {
		return nil, refuse(Malformed, err)
	}
	signature := only(element, nsSignature, dsig.SignatureTag)
	for _, keyInfo := range children(signature, nsSignature, dsig.KeyInfoTag) {
		signature.RemoveChild(keyInfo)
	}
	current := currentCertificates(certificates, now)
	if len(current) == 0 {
		return nil, refuse(CertificateExpired, nil)
	}
	var failure error
	for _, certificate := range current {
		signed, err := verifyWith(certificate, element, now)
		if err == nil {
			return signed, nil
		}
		failure = err
	}
	return nil, refuse(BadSignature, failure)
}

func currentCertificates(certificates []*x509.Certificate, now time.Time) []*x509.Certificate {
	var current []*x509.Certificate
	for _, certificate := range certificates {
		if !now.Before(certificate.NotBefore) && !now.After(certificate.NotAfter) {
			current = append(current, certificate)
		}
	}
	return current
}

func verifyWith(certificate *x509.Certificate, element *etree.Element, now time.Time) (*etree.Element, error) {
	validation := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{
		Roots: []*x509.Certificate{certificate},
	})
	validation.Clock = dsig.NewFakeClockAt(now)
	return validation.Validate(element)
}

// detach copies an element out of its document with every namespace that is in scope, so that an inclusive prefix
// list still finds prefixes that were declared further out.
func detach(element *etree.Element) (*etree.Element, error) {
	outer, err := etreeutils.NSBuildParentContext(element)
	if err != nil {
		return nil, errors.New("namespaces cannot be resolved")
	}
	alone, err := etreeutils.NSDetatch(outer, element)
	if err != nil {
		return nil, errors.New("element cannot be detached")
	}
	return alone, nil
}

// checkSignatureForm wants exactly one signature, in its place (there goxmldsig finds it before any other), of the one
// form that the scheme knows, over exactly this element.
func checkSignatureForm(element *etree.Element, inPlace func(element, signature *etree.Element) bool) error {
	if len(children(element, nsSignature, dsig.SignatureTag)) == 0 {
		return refuse(Unsigned, errors.New(element.Tag))
	}
	signature := only(element, nsSignature, dsig.SignatureTag)
	if signature == nil || !inPlace(element, signature) {
		return refuse(SignatureForm, errors.New(element.Tag+": signature doubled or out of place"))
	}
	signedInfo := only(signature, nsSignature, dsig.SignedInfoTag)
	reference := only(signedInfo, nsSignature, dsig.ReferenceTag)
	transforms := only(reference, nsSignature, dsig.TransformsTag)
	if transforms == nil {
		return refuse(SignatureForm, errors.New(element.Tag+": not exactly one SignedInfo, Reference and Transforms"))
	}
	for _, part := range []struct {
		name string
		ok   bool
	}{
		{"Signature", hasNames(signature, "SignedInfo SignatureValue", "SignedInfo SignatureValue KeyInfo")},
		{"SignedInfo", hasNames(signedInfo, "CanonicalizationMethod SignatureMethod Reference")},
		{"Reference", hasNames(reference, "Transforms DigestMethod DigestValue")},
		{"URI", reference.SelectAttrValue("URI", "") == "#"+element.SelectAttrValue("ID", "")},
		{"CanonicalizationMethod", algorithm(signedInfo, nsSignature, "CanonicalizationMethod") == transformExclusive},
		{"SignatureMethod", algorithm(signedInfo, nsSignature, "SignatureMethod") == signatureRSASHA256},
		{"DigestMethod", algorithm(reference, nsSignature, "DigestMethod") == digestSHA256},
		{"Transforms", transformsAllowed(transforms)},
	} {
		if !part.ok {
			return refuse(SignatureForm, errors.New(element.Tag+": "+part.name))
		}
	}
	return nil
}

// comesFirst is the place of the signature in metadata (SAML metadata 3).
func comesFirst(element, signature *etree.Element) bool {
	return element.ChildElements()[0] == signature
}

// followsIssuer is its place in messages and assertions (SAML core 3.2, 2.3.3).
func followsIssuer(element, signature *etree.Element) bool {
	parts := element.ChildElements()
	return len(parts) > 1 && is(parts[0], nsAssertion, "Issuer") && len(parts[0].ChildElements()) == 0 &&
		parts[1] == signature
}

func hasNames(element *etree.Element, allowed ...string) bool {
	names := childNames(element, nsSignature)
	for _, sequence := range allowed {
		if names == sequence {
			return true
		}
	}
	return false
}

func transformsAllowed(transforms *etree.Element) bool {
	parts := transforms.ChildElements()
	return hasNames(transforms, "Transform Transform") &&
		parts[0].SelectAttrValue("Algorithm", "") == transformEnveloped && len(parts[0].ChildElements()) == 0 &&
		parts[1].SelectAttrValue("Algorithm", "") == transformExclusive &&
		len(parts[1].ChildElements()) == len(children(parts[1], nsExclusive, "InclusiveNamespaces")) &&
		len(parts[1].ChildElements()) <= 1
}
