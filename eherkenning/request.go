package eherkenning

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
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

// Request is what the browser posts to the broker: a form to Destination with the fields SAMLRequest and RelayState.
type Request struct {
	ID          string // keep it with the pending login: Login wants it back
	Destination string
	SAMLRequest string // base64 of the signed AuthnRequest
	RelayState  string
}

// NewRequest makes a signed request to log in. relayState comes back with the artifact; it holds at most 80 bytes
// and should be random: it is seen by the browser and by the broker.
func (sp *ServiceProvider) NewRequest(relayState string) (*Request, error) {
	if len(relayState) > relayStateLimit {
		return nil, fmt.Errorf("eherkenning: relay state has %d bytes, at most %d are allowed", len(relayState), relayStateLimit)
	}
	authnRequest, err := sp.authnRequest()
	if err != nil {
		return nil, fmt.Errorf("eherkenning: make request: %w", err)
	}
	document, err := etree.NewDocumentWithRoot(authnRequest.Element()).WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("eherkenning: write request: %w", err)
	}
	return &Request{
		ID:          authnRequest.ID,
		Destination: authnRequest.Destination,
		SAMLRequest: base64.StdEncoding.EncodeToString(document),
		RelayState:  relayState,
	}, nil
}

func (sp *ServiceProvider) authnRequest() (*saml.AuthnRequest, error) {
	id, err := sp.newID()
	if err != nil {
		return nil, err
	}
	forceAuthn := true
	request := &saml.AuthnRequest{
		ID:           id,
		Version:      "2.0",
		IssueInstant: sp.settings.Now().UTC(),
		Destination:  sp.broker.ssoURL.String(),
		Issuer:       &saml.Issuer{Value: sp.settings.EntityID},
		RequestedAuthnContext: &saml.RequestedAuthnContext{
			Comparison:           "minimum",
			AuthnContextClassRef: minimumLevelURN,
		},
		ForceAuthn:                     &forceAuthn,
		AssertionConsumerServiceIndex:  assertionConsumerServiceIndex,
		AttributeConsumingServiceIndex: attributeConsumingServiceIndex,
		ProviderName:                   providerName,
	}
	request.Signature, err = sp.sign(request.Element())
	return request, err
}

// newID makes a message id of 160 random bits (SAML core 1.3.4 wants 128 to 160).
func (sp *ServiceProvider) newID() (string, error) {
	var random [20]byte
	if _, err := io.ReadFull(sp.settings.Random, random[:]); err != nil {
		return "", fmt.Errorf("read random id: %w", err)
	}
	return "_" + hex.EncodeToString(random[:]), nil
}

// sign returns the enveloped signature of a message: RSA-SHA256 over exclusive c14n. It carries no KeyInfo:
// X509Data is forbidden in messages, and a KeyName would have to stand in our metadata first.
func (sp *ServiceProvider) sign(message *etree.Element) (*etree.Element, error) {
	signer, err := dsig.NewSigningContext(sp.settings.Signing.Private, [][]byte{sp.settings.Signing.Certificate.Raw})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	signer.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := signer.SetSignatureMethod(dsig.RSASHA256SignatureMethod); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	signature, err := signer.ConstructSignature(message, true)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if keyInfo := signature.SelectElement(dsig.KeyInfoTag); keyInfo != nil {
		signature.RemoveChild(keyInfo)
	}
	return signature, nil
}
