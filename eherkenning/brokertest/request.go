package brokertest

import (
	"encoding/base64"
	"errors"
	"fmt"
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
	provider := b.options.ServiceProvider
	if issuer := childText(root, nsAssertion, "Issuer"); issuer != provider.EntityID {
		return "", fmt.Errorf("unknown issuer %q", issuer)
	}
	request, err := verify(root, provider.Certificate, b.options.Now())
	if err != nil {
		return "", err
	}
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
