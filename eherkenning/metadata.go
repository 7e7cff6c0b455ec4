package eherkenning

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/crewjam/saml"
)

// broker is what the metadata tells about the other side.
type broker struct {
	entityID     string
	ssoURL       *url.URL // takes an AuthnRequest by HTTP-POST
	artifactURL  string   // takes an ArtifactResolve over SOAP
	certificates []*x509.Certificate
	validUntil   time.Time // zero: no end
}

// CheckMetadata refuses what New cannot use as BrokerMetadata.
func CheckMetadata(document []byte) error {
	_, err := parseMetadata(document)
	return err
}

// parseMetadata reads an EntityDescriptor, or the only broker of an EntitiesDescriptor. Its error names every
// part that is missing. The signature of the metadata is not looked at: the file is configuration.
func parseMetadata(document []byte) (broker, error) {
	entity, err := brokerEntity(document)
	if err != nil {
		return broker{}, err
	}
	role := entity.IDPSSODescriptors[0]
	ssoURL, errSSO := endpoint(role.SingleSignOnServices, "SingleSignOnService", saml.HTTPPostBinding)
	artifactURL, errArtifact := endpoint(role.ArtifactResolutionServices, "ArtifactResolutionService", saml.SOAPBinding)
	certificates, errKeys := signingCertificates(role.KeyDescriptors)
	var errID error
	if entity.EntityID == "" {
		errID = errors.New("entityID is missing")
	}
	if err := errors.Join(errID, errSSO, errArtifact, errKeys); err != nil {
		return broker{}, err
	}
	return broker{
		entityID:     entity.EntityID,
		ssoURL:       ssoURL,
		artifactURL:  artifactURL.String(),
		certificates: certificates,
		validUntil:   earliest(entity.ValidUntil, role.ValidUntil),
	}, nil
}

func brokerEntity(document []byte) (saml.EntityDescriptor, error) {
	entities, err := readEntities(document)
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

func readEntities(document []byte) ([]saml.EntityDescriptor, error) {
	var one saml.EntityDescriptor
	errOne := xml.Unmarshal(document, &one)
	if errOne == nil {
		return []saml.EntityDescriptor{one}, nil
	}
	var several saml.EntitiesDescriptor
	if err := xml.Unmarshal(document, &several); err != nil {
		return nil, fmt.Errorf("neither an EntityDescriptor (%w) nor an EntitiesDescriptor (%w)", errOne, err)
	}
	for i := range several.EntityDescriptors {
		until := &several.EntityDescriptors[i].ValidUntil
		*until = earliest(*until, several.ValidUntil)
	}
	return several.EntityDescriptors, nil
}

// endpoint returns the first address of a service for a binding.
func endpoint(services []saml.Endpoint, name, binding string) (*url.URL, error) {
	for _, service := range services {
		if service.Binding != binding {
			continue
		}
		location, err := url.Parse(service.Location)
		if err != nil || location.Host == "" {
			return nil, fmt.Errorf("%s: location %q is not an absolute URL", name, service.Location)
		}
		return location, nil
	}
	return nil, fmt.Errorf("%s for binding %s is missing", name, binding)
}

// signingCertificates returns all of them: while the broker changes its key, either may sign.
func signingCertificates(keys []saml.KeyDescriptor) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	for _, key := range keys {
		if key.Use != "" && key.Use != "signing" {
			continue
		}
		for _, data := range key.KeyInfo.X509Data.X509Certificates {
			certificate, err := parseCertificate(data.Data)
			if err != nil {
				return nil, fmt.Errorf("signing certificate %d: %w", len(certificates)+1, err)
			}
			certificates = append(certificates, certificate)
		}
	}
	if len(certificates) == 0 {
		return nil, errors.New("signing certificate is missing")
	}
	return certificates, nil
}

func parseCertificate(text string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	key, isRSA := certificate.PublicKey.(*rsa.PublicKey)
	if !isRSA || key.N.BitLen() < minimumKeyBits {
		return nil, fmt.Errorf("not an RSA key of at least %d bits", minimumKeyBits)
	}
	return certificate, nil
}

func earliest(until time.Time, other *time.Time) time.Time {
	if other != nil && !other.IsZero() && (until.IsZero() || other.Before(until)) {
		return *other
	}
	return until
}
