package eherkenning

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
)

// The scheme chooses address and service by their index in our metadata, never by URL (Afsprakenstelsel:
// Interface specifications).
const (
	assertionConsumerServiceIndex  = "0"
	attributeConsumingServiceIndex = "0"
)

// providerName stands next to the name of the service on the broker's page.
const providerName = "MijnHelpdeskPO"

// minimumLevelURN asks for EH3. The service catalogue sets the level; a request can only lower it, never raise it,
// so this only says what Login will check.
const minimumLevelURN = "urn:etoegang:core:assurance-class:loa3"

const relayStateLimit = 80 // bytes (SAML bindings 3.5.3)

// Request is what the browser takes to the broker: a form to Destination with the fields SAMLRequest and RelayState,
// or, where Redirect is set, just that address.
type Request struct {
	ID          string // keep it with the pending login: Login wants it back
	Destination string
	SAMLRequest string // base64 of the signed AuthnRequest
	RelayState  string
	Redirect    string // a broker that takes HTTP-Redirect only: where the browser goes, with everything in the query
}

// NewRequest makes a signed request to log in. relayState comes back with the artifact; it holds at most 80 bytes
// and should be random: it is seen by the browser and by the broker.
func (sp *ServiceProvider) NewRequest(relayState string) (*Request, error) {
	if len(relayState) > relayStateLimit {
		return nil, fmt.Errorf("eherkenning: relay state has %d bytes, at most %d are allowed", len(relayState), relayStateLimit)
	}
	sso := sp.broker.Load().sso
	authnRequest, err := sp.authnRequest(sso.url.String())
	if err != nil {
		return nil, fmt.Errorf("eherkenning: make request: %w", err)
	}
	request := &Request{ID: authnRequest.ID, Destination: authnRequest.Destination, RelayState: relayState}
	if sso.binding == saml.HTTPRedirectBinding {
		request.Redirect, err = sp.redirect(authnRequest, relayState, *sso.url)
	} else {
		request.SAMLRequest, err = sp.form(authnRequest)
	}
	if err != nil {
		return nil, fmt.Errorf("eherkenning: write request: %w", err)
	}
	return request, nil
}

// form writes a request for the HTTP-POST binding: signed inside (SAML bindings 3.5.4).
func (sp *ServiceProvider) form(request *saml.AuthnRequest) (string, error) {
	var err error
	if request.Signature, err = sp.settings.Signing.sign(request.Element()); err != nil {
		return "", err
	}
	document, err := etree.NewDocumentWithRoot(request.Element()).WriteToBytes()
	return base64.StdEncoding.EncodeToString(document), err
}

// redirect writes a request for the HTTP-Redirect binding: deflated, and signed over the query as it is sent
// (SAML bindings 3.4.4.1).
func (sp *ServiceProvider) redirect(request *saml.AuthnRequest, relayState string, to url.URL) (string, error) {
	document, err := etree.NewDocumentWithRoot(request.Element()).WriteToBytes()
	if err != nil {
		return "", err
	}
	var deflated bytes.Buffer
	compress, err := flate.NewWriter(&deflated, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := compress.Write(document); err != nil {
		return "", err
	}
	if err := compress.Close(); err != nil {
		return "", err
	}
	query := "SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString(deflated.Bytes())) +
		"&RelayState=" + url.QueryEscape(relayState) + "&SigAlg=" + url.QueryEscape(signatureRSASHA256)
	digest := sha256.Sum256([]byte(query))
	signature, err := sp.settings.Signing.Private.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	query += "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	to.RawQuery = strings.TrimPrefix(to.RawQuery+"&"+query, "&")
	return to.String(), nil
}

func (sp *ServiceProvider) authnRequest(destination string) (*saml.AuthnRequest, error) {
	id, err := sp.newID()
	if err != nil {
		return nil, err
	}
	forceAuthn := true
	return &saml.AuthnRequest{
		ID:           id,
		Version:      "2.0",
		IssueInstant: sp.settings.Now().UTC(),
		Destination:  destination,
		Issuer:       &saml.Issuer{Value: sp.settings.EntityID},
		RequestedAuthnContext: &saml.RequestedAuthnContext{
			Comparison:           "minimum",
			AuthnContextClassRef: minimumLevelURN,
		},
		ForceAuthn:                     &forceAuthn,
		AssertionConsumerServiceIndex:  assertionConsumerServiceIndex,
		AttributeConsumingServiceIndex: attributeConsumingServiceIndex,
		ProviderName:                   providerName,
	}, nil
}

// newID makes a message id of 160 random bits (SAML core 1.3.4 wants 128 to 160).
func (sp *ServiceProvider) newID() (string, error) {
	var random [20]byte
	if _, err := io.ReadFull(sp.settings.Random, random[:]); err != nil {
		return "", fmt.Errorf("read random id: %w", err)
	}
	return "_" + hex.EncodeToString(random[:]), nil
}
