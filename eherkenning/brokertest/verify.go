package brokertest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// verify checks the one signature of a message from the service provider and returns what was signed.
func verify(message *etree.Element, certificate *x509.Certificate, now time.Time) (*etree.Element, error) {
	detached, err := detach(message)
	if err != nil {
		return nil, fmt.Errorf("verify signature: %w", err)
	}
	if err := checkSignatureShape(detached); err != nil {
		return nil, err
	}
	store := &dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}}
	validation := dsig.NewDefaultValidationContext(store)
	validation.Clock = dsig.NewFakeClockAt(now)
	signed, err := validation.Validate(detached)
	if err != nil {
		return nil, fmt.Errorf("verify signature: %w", err)
	}
	return signed, nil
}

// checkSignatureShape holds a message against the scheme's page "Digital signature", and takes KeyInfo away:
// goxmldsig wants a certificate there or nothing.
func checkSignatureShape(message *etree.Element) error {
	signatures := children(message, nsSignature, "Signature")
	if len(signatures) != 1 {
		return fmt.Errorf("%d signatures, want 1", len(signatures))
	}
	signature := signatures[0]
	for _, keyInfo := range children(signature, nsSignature, "KeyInfo") {
		if len(children(keyInfo, nsSignature, "X509Data")) > 0 {
			return errors.New("X509Data in KeyInfo of a message: the scheme allows KeyName only")
		}
		signature.RemoveChild(keyInfo)
	}
	for _, method := range []struct{ path, want string }{
		{"./SignedInfo/SignatureMethod", MethodRSASHA256},
		{"./SignedInfo/CanonicalizationMethod", methodExclusive},
		{"./SignedInfo/Reference/DigestMethod", methodSHA256},
	} {
		el := signature.FindElement(method.path)
		if el == nil || el.SelectAttrValue("Algorithm", "") != method.want {
			return fmt.Errorf("%s is not %s", method.path, method.want)
		}
	}
	return nil
}
