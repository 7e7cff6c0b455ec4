package brokertest

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/beevik/etree"
)

// maxRelayState is the scheme's limit in bytes.
const maxRelayState = 80

// readRequest verifies a SAMLRequest of the HTTP-POST binding and returns the ID of the AuthnRequest.
func (b *Broker) readRequest(samlRequest, relayState string) (id string, err error) {
	if len(relayState) > maxRelayState {
		return "", fmt.Errorf("RelayState of %d bytes, at most %d are allowed", len(relayState), maxRelayState)
	}
	text, err := base64.StdEncoding.DecodeString(samlRequest)
	if err != nil {
		return "", fmt.Errorf("read SAMLRequest: %w", err)
	}
	root, err := parseXML(text)
	if err != nil {
		return "", err
	}
	if err := b.checkIssuer(root); err != nil {
		return "", err
	}
	request, err := verify(root, b.options.ServiceProvider.Certificate, b.options.Now())
	if err != nil {
		return "", err
	}
	return b.checkRequest(request)
}

func (b *Broker) checkIssuer(request *etree.Element) error {
	if issuer := childText(request, nsAssertion, "Issuer"); issuer != b.options.ServiceProvider.EntityID {
		return fmt.Errorf("unknown issuer %q", issuer)
	}
	return nil
}

// checkRequest returns the ID of a request whose signature has been verified.
func (b *Broker) checkRequest(request *etree.Element) (id string, err error) {
	provider := b.options.ServiceProvider
	if request.Tag != "AuthnRequest" || request.NamespaceURI() != nsProtocol {
		return "", fmt.Errorf("%s is not an AuthnRequest", request.Tag)
	}
	if to := request.SelectAttrValue("Destination", ""); to != b.ssoURL() {
		return "", fmt.Errorf("destination %q is not %q", to, b.ssoURL())
	}
	if acs := request.SelectAttrValue("AssertionConsumerServiceURL", provider.ACSURL); acs != provider.ACSURL {
		return "", fmt.Errorf("assertion consumer service %q is not on file", acs)
	}
	if id = request.SelectAttrValue("ID", ""); id == "" {
		return "", errors.New("request without ID")
	}
	return id, nil
}
