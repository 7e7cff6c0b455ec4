package eherkenning

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"koppel/onboarding"
)

// Settings of the connection. All are required, save those that name a default.
type Settings struct {
	EntityID        string              // urn:etoegang:DV:<OIN>:entities:<index>
	ServiceID       string              // urn:etoegang:DV:<OIN>:services:<index>
	ServiceUUID     string              // of the service in the catalogue; mandates are registered against it
	ACSURL          string              // absolute; equals Destination and Recipient of an answer
	Signing         KeyPair             // signs our messages
	Decryption      []KeyPair           // open what is encrypted for us: the one in our metadata, and others while it is being replaced
	BrokerMetadata  []byte              // SAML metadata of the one broker, XML of at most 1 MiB
	MetadataSigners []*x509.Certificate // of which one has signed it; what it says about its own key counts for nothing
	MinimumLevel    onboarding.Level    // default onboarding.MinimumLevel
	HTTPClient      *http.Client        // for the back channel, with a client certificate if the broker wants one; default none
	Now             func() time.Time    // default time.Now
	Random          io.Reader           // for message ids, read by several goroutines; default crypto/rand
}

// ServiceProvider is our side of one connection with one broker. It is safe for concurrent use.
type ServiceProvider struct {
	settings Settings
	broker   atomic.Pointer[broker]
	client   *http.Client
	calls    chan struct{} // holds one value per call over the back channel
}

// New checks the settings and reads the broker's metadata. Its error names every setting that is missing.
// Metadata past its validUntil does not stop it: the pages must come up; Login refuses with MetadataExpired.
func New(settings Settings) (*ServiceProvider, error) {
	if err := settings.check(); err != nil {
		return nil, fmt.Errorf("eherkenning: %w", err)
	}
	settings.setDefaults()
	sp := &ServiceProvider{
		settings: settings,
		client:   withoutRedirects(settings.HTTPClient),
		calls:    make(chan struct{}, resolvesAtOnce),
	}
	if err := sp.SetBrokerMetadata(settings.BrokerMetadata); err != nil {
		return nil, err
	}
	return sp, nil
}

// SetBrokerMetadata takes newer metadata of the broker, from now on and without a pause. On an error the metadata that
// was there stays.
func (sp *ServiceProvider) SetBrokerMetadata(document []byte) error {
	broker, err := parseMetadata(document, sp.settings.MetadataSigners, sp.settings.Now())
	if err != nil {
		return fmt.Errorf("eherkenning: broker metadata: %w", err)
	}
	sp.broker.Store(broker)
	return nil
}

func (s *Settings) check() error {
	var missing []error
	for _, setting := range []struct {
		name  string
		there bool
	}{
		{"EntityID", s.EntityID != ""},
		{"ServiceID", s.ServiceID != ""},
		{"ServiceUUID", s.ServiceUUID != ""},
		{"ACSURL", s.ACSURL != ""},
		{"Signing", s.Signing != KeyPair{}},
		{"Decryption", len(s.Decryption) > 0},
		{"BrokerMetadata", len(s.BrokerMetadata) > 0},
		{"MetadataSigners", len(s.MetadataSigners) > 0},
	} {
		if !setting.there {
			missing = append(missing, fmt.Errorf("setting %s is missing", setting.name))
		}
	}
	if len(missing) > 0 {
		return errors.Join(missing...)
	}
	return errors.Join(s.checkACSURL(), s.checkKeys())
}

func (s *Settings) checkACSURL() error {
	acs, err := url.Parse(s.ACSURL)
	if err != nil || acs.Host == "" || (acs.Scheme != "https" && acs.Scheme != "http") {
		return fmt.Errorf("ACSURL %q is not an absolute http(s) URL", s.ACSURL)
	}
	return nil
}

func (s *Settings) checkKeys() error {
	var faults []error
	if err := s.Signing.check(); err != nil {
		faults = append(faults, fmt.Errorf("setting Signing: %w", err))
	}
	for i, pair := range s.Decryption {
		if err := pair.check(); err != nil {
			faults = append(faults, fmt.Errorf("setting Decryption, %d: %w", i+1, err))
		}
	}
	return errors.Join(faults...)
}

func (s *Settings) setDefaults() {
	if s.MinimumLevel == "" {
		s.MinimumLevel = onboarding.MinimumLevel
	}
	if s.HTTPClient == nil {
		s.HTTPClient = &http.Client{}
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Random == nil {
		s.Random = rand.Reader
	}
}

// BrokerOrigin is scheme://host of the broker's login page, for the form-action of a content security policy.
func (sp *ServiceProvider) BrokerOrigin() string {
	sso := sp.broker.Load().sso.url
	return sso.Scheme + "://" + sso.Host
}
