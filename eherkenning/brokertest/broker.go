package brokertest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// EntityID is the name of the broker itself; index 9001 lies in the range that the scheme reserves for tests.
const EntityID = "urn:etoegang:HM:00000003777777770000:entities:9001"

// ServiceProvider is what the broker has on file about the only service provider it serves.
type ServiceProvider struct {
	EntityID    string            // urn:etoegang:DV:<OIN of 20 digits>:entities:<index>
	ACSURL      string            // absolute address that receives the artifact
	ServiceID   string            // urn:etoegang:DV:<OIN>:services:<index>
	ServiceUUID string            // the service for which mandates are registered
	Certificate *x509.Certificate // RSA; verifies its messages
	Encryption  *x509.Certificate // RSA; encrypts the identifiers; default Certificate
}

// Options say how a broker behaves. BaseURL and ServiceProvider are required.
type Options struct {
	BaseURL         string // scheme://host[:port] at which browsers find the broker, without a slash at the end
	ResolveURL      string // where the service provider resolves artifacts; default BaseURL + "/ars"
	ServiceProvider ServiceProvider
	Personas        []Persona        // default Personas()
	Keys            []Key            // published signing keys, the first one signs; default two new ones
	TakeRedirect    bool             // requests come by HTTP-Redirect instead of HTTP-POST
	PostArtifact    bool             // deliver every artifact by a form instead of a redirect
	Now             func() time.Time // default time.Now
	Change          func(*Answer)    // last word on each answer, called when its artifact is resolved
}

// Broker serves /sso, the pages, /ars and /metadata. It is safe for concurrent use.
type Broker struct {
	options   Options
	oin       string // of the service provider; part of each pseudonym
	metadata  []byte
	logins    *shelf[login]
	artifacts *shelf[Answer]
	pages     *pages
	routes    *http.ServeMux
}

// New checks the options, makes keys where none are given and prepares the metadata.
func New(options Options) (*Broker, error) {
	oin, err := options.ServiceProvider.check()
	if err != nil {
		return nil, fmt.Errorf("test broker: %w", err)
	}
	if err := options.complete(); err != nil {
		return nil, fmt.Errorf("test broker: %w", err)
	}
	b := &Broker{options: options, oin: oin}
	b.logins = newShelf[login](loginLife, options.Now)
	b.artifacts = newShelf[Answer](artifactLife, options.Now)
	if b.pages, err = newPages(options); err != nil {
		return nil, fmt.Errorf("test broker: %w", err)
	}
	if b.metadata, err = b.makeMetadata(); err != nil {
		return nil, fmt.Errorf("test broker: %w", err)
	}
	b.routes = b.makeRoutes()
	return b, nil
}

// ServeHTTP implements http.Handler.
func (b *Broker) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.routes.ServeHTTP(w, r) }

// Metadata returns the broker's signed EntityDescriptor.
func (b *Broker) Metadata() []byte { return b.metadata }

// Keys returns the published signing keys, the one that signs by default first.
func (b *Broker) Keys() []Key { return b.options.Keys }

// Certificates are the published ones. Each may sign the metadata.
func (b *Broker) Certificates() (all []*x509.Certificate) {
	for _, key := range b.options.Keys {
		all = append(all, key.Certificate)
	}
	return all
}

func (b *Broker) ssoURL() string { return b.options.BaseURL + "/sso" }

func (o *Options) complete() error {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || strings.HasSuffix(o.BaseURL, "/") {
		return fmt.Errorf("base URL %q is not scheme://host", o.BaseURL)
	}
	if o.ResolveURL == "" {
		o.ResolveURL = o.BaseURL + "/ars"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Personas == nil {
		o.Personas = Personas()
	}
	for _, key := range o.Keys {
		if key.Private == nil || key.Certificate == nil {
			return errors.New("signing key without its private part or certificate")
		}
	}
	if len(o.Keys) == 0 {
		o.Keys, err = newKeys(o.Now())
	}
	return err
}

func (s *ServiceProvider) check() (oin string, err error) {
	parts := strings.Split(s.EntityID, ":")
	if len(parts) != 6 || parts[2] != "DV" || len(parts[3]) != 20 {
		return "", fmt.Errorf("entity id %q is not urn:etoegang:DV:<OIN>:entities:<index>", s.EntityID)
	}
	acs, err := url.Parse(s.ACSURL)
	if err != nil || acs.Host == "" {
		return "", fmt.Errorf("ACS URL %q is not absolute", s.ACSURL)
	}
	if s.Encryption == nil {
		s.Encryption = s.Certificate
	}
	if s.Certificate == nil {
		return "", errors.New("service provider without certificate")
	}
	return parts[3], nil
}
