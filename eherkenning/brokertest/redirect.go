package brokertest

import (
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// readRedirected verifies a SAMLRequest of the HTTP-Redirect binding and returns the ID of the AuthnRequest. What is
// signed is the query as it was sent, up to the signature (SAML bindings 3.4.4.1).
func (b *Broker) readRedirected(rawQuery string) (id string, err error) {
	signed, signature, found := strings.Cut(rawQuery, "&Signature=")
	query, err := url.ParseQuery(rawQuery)
	if !found || err != nil {
		return "", errors.New("query without signature")
	}
	if len(query.Get("RelayState")) > maxRelayState {
		return "", fmt.Errorf("RelayState of more than %d bytes", maxRelayState)
	}
	if err := b.checkQuerySignature(signed, signature, query.Get("SigAlg")); err != nil {
		return "", err
	}
	deflated := base64.NewDecoder(base64.StdEncoding, strings.NewReader(query.Get("SAMLRequest")))
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(deflated), maxMessage))
	if err != nil {
		return "", fmt.Errorf("read SAMLRequest: %w", err)
	}
	request, err := parseXML(text)
	if err != nil {
		return "", err
	}
	if err := b.checkIssuer(request); err != nil {
		return "", err
	}
	return b.checkRequest(request)
}

func (b *Broker) checkQuerySignature(signed, signature, algorithm string) error {
	if algorithm != MethodRSASHA256 {
		return fmt.Errorf("SigAlg %q is not %s", algorithm, MethodRSASHA256)
	}
	encoded, err := url.QueryUnescape(signature)
	if err != nil {
		return fmt.Errorf("read Signature: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return fmt.Errorf("read Signature: %w", err)
	}
	public, isRSA := b.options.ServiceProvider.Certificate.PublicKey.(*rsa.PublicKey)
	digest := sha256.Sum256([]byte(signed))
	if !isRSA || rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], raw) != nil {
		return errors.New("the signature of the query does not fit")
	}
	return nil
}
