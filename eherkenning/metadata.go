package eherkenning

import (
	"crypto/x509"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
)

const metadataLimit = 1 << 20 // bytes

// broker is what the metadata tells about the other side.
type broker struct {
	entityID     string
	sso          endpoint // takes an AuthnRequest
	artifactURL  string   // takes an ArtifactResolve over SOAP
	certificates []*x509.Certificate
	validUntil   time.Time // zero: no end
}

// CheckMetadata refuses what New cannot use as BrokerMetadata. Without signers it leaves the signature alone.
func CheckMetadata(document []byte, signers []*x509.Certificate, now time.Time) error {
	if len(signers) > 0 {
		_, err := parseMetadata(document, signers, now)
		return err
	}
	root, err := parseRoot(document)
	if err != nil {
		return err
	}
	_, err = readBroker(root)
	return err
}

// parseMetadata reads an EntityDescriptor, or the only broker of an EntitiesDescriptor, from the bytes that one of
// the signers has signed. Its error names every part that is missing.
func parseMetadata(document []byte, signers []*x509.Certificate, now time.Time) (*broker, error) {
	signed, err := openMetadata(document, signers, now)
	if err != nil {
		return nil, err
	}
	return readBroker(signed)
}

func readBroker(signed *etree.Element) (*broker, error) {
	entity, err := brokerEntity(signed)
	if err != nil {
		return nil, err
	}
	return describeBroker(entity)
}

// openMetadata checks the signature of metadata. Unlike messages it shows its certificate; that says nothing, so only
// those that were pinned are tried.
func openMetadata(document []byte, signers []*x509.Certificate, now time.Time) (*etree.Element, error) {
	root, err := parseRoot(document)
	if err != nil {
		return nil, err
	}
	if err := checkSignatureForm(root, comesFirst); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	signed, err := verifySignature(root, signers, now)
	if err != nil {
		return nil, fmt.Errorf("signature: not by the certificate that was given for it: %w", err)
	}
	return signed, nil
}

func parseRoot(document []byte) (*etree.Element, error) {
	if len(document) > metadataLimit {
		return nil, fmt.Errorf("%d bytes, at most %d are read", len(document), metadataLimit)
	}
	read := etree.NewDocument()
	if err := read.ReadFromBytes(document); err != nil || read.Root() == nil {
		return nil, errors.New("not well-formed XML")
	}
	return read.Root(), nil
}

func describeBroker(entity saml.EntityDescriptor) (*broker, error) {
	role := entity.IDPSSODescriptors[0]
	sso, errSSO := ssoEndpoint(role.SingleSignOnServices)
	artifact, errArtifact := findEndpoint(role.ArtifactResolutionServices, "ArtifactResolutionService", saml.SOAPBinding)
	certificates, errKeys := signingCertificates(role.KeyDescriptors)
	var errID error
	if entity.EntityID == "" {
		errID = errors.New("entityID is missing")
	}
	if err := errors.Join(errID, errSSO, errArtifact, errKeys); err != nil {
		return nil, err
	}
	return &broker{
		entityID:     entity.EntityID,
		sso:          sso,
		artifactURL:  artifact.url.String(),
		certificates: certificates,
		validUntil:   earliest(entity.ValidUntil, role.ValidUntil),
	}, nil
}

func brokerEntity(signed *etree.Element) (saml.EntityDescriptor, error) {
	entities, err := readEntities(signed)
	if err != nil {
		return saml.EntityDescriptor{}, err
	}
	var found []saml.EntityDescriptor
	for _, entity := range entities {
		if len(entity.IDPSSODescriptors) > 0 {
			found = append(found, entity)
		}
	}
	if len(found) != 1 {
		return saml.EntityDescriptor{}, fmt.Errorf("%d entities have an IDPSSODescriptor, exactly one is needed", len(found))
	}
	return found[0], nil
}

func readEntities(signed *etree.Element) ([]saml.EntityDescriptor, error) {
	text, err := canonicalText(signed)
	if err != nil {
		return nil, err
	}
	if is(signed, nsMetadata, "EntityDescriptor") {
		one := make([]saml.EntityDescriptor, 1)
		return one, xml.Unmarshal(text, &one[0])
	}
	var several saml.EntitiesDescriptor
	if err := xml.Unmarshal(text, &several); err != nil {
		return nil, fmt.Errorf("neither an EntityDescriptor nor an EntitiesDescriptor: %w", err)
	}
	for i := range several.EntityDescriptors {
		until := &several.EntityDescriptors[i].ValidUntil
		*until = earliest(*until, several.ValidUntil)
	}
	return several.EntityDescriptors, nil
}

// endpoint is an address and how messages get there.
type endpoint struct {
	binding string
	url     *url.URL
}

// ssoEndpoint takes HTTP-POST where it is offered, because its requests carry an enveloped signature as all other
// messages do, and else HTTP-Redirect.
func ssoEndpoint(services []saml.Endpoint) (endpoint, error) {
	post, err := findEndpoint(services, "SingleSignOnService", saml.HTTPPostBinding)
	if err == nil {
		return post, nil
	}
	redirect, errRedirect := findEndpoint(services, "SingleSignOnService", saml.HTTPRedirectBinding)
	if errRedirect == nil {
		return redirect, nil
	}
	return endpoint{}, errors.Join(err, errRedirect)
}

// findEndpoint returns the first address of a service for a binding.
func findEndpoint(services []saml.Endpoint, name, binding string) (endpoint, error) {
	for _, service := range services {
		if service.Binding != binding {
			continue
		}
		location, err := url.Parse(service.Location)
		if err != nil || location.Host == "" {
			return endpoint{}, fmt.Errorf("%s: location %q is not an absolute URL", name, service.Location)
		}
		return endpoint{binding, location}, nil
	}
	return endpoint{}, fmt.Errorf("%s for binding %s is missing", name, binding)
}

func earliest(until time.Time, other *time.Time) time.Time {
	if other != nil && !other.IsZero() && (until.IsZero() || other.Before(until)) {
		return *other
	}
	return until
}
