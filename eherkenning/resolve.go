package eherkenning

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
)

const (
	resolveTimeout = 5 * time.Second
	resolvesAtOnce = 10        // a broker that hangs holds no more of us than that
	responseLimit  = 256 << 10 // bytes
	soapAction     = "http://www.oasis-open.org/committees/security"
)

// withoutRedirects copies a client and makes it return a redirect as the answer: the address of the back channel
// comes from metadata and from nowhere else.
func withoutRedirects(client *http.Client) *http.Client {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// resolve fetches the message behind an artifact. It returns the raw SOAP envelope, and the id of our
// ArtifactResolve that the answer must refer to.
func (sp *ServiceProvider) resolve(ctx context.Context, artifact string) (envelope []byte, resolveID string, err error) {
	message, resolveID, err := sp.artifactResolve(artifact)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	select {
	case sp.calls <- struct{}{}:
		defer func() { <-sp.calls }()
	case <-ctx.Done():
		return nil, "", refuse(Unreachable, errors.New("too many calls at once"))
	}
	envelope, err = sp.post(ctx, message)
	return envelope, resolveID, err
}

func (sp *ServiceProvider) artifactResolve(artifact string) (message []byte, resolveID string, err error) {
	id, err := sp.newID()
	if err != nil {
		return nil, "", err
	}
	resolve := &saml.ArtifactResolve{
		ID:           id,
		Version:      "2.0",
		IssueInstant: sp.settings.Now().UTC(),
		Issuer:       &saml.Issuer{Value: sp.settings.EntityID},
		Artifact:     artifact,
	}
	if resolve.Signature, err = sp.settings.Signing.sign(resolve.Element()); err != nil {
		return nil, "", err
	}
	message, err = etree.NewDocumentWithRoot(resolve.SoapRequest()).WriteToBytes()
	return message, id, err
}

// post returns the body of status 200, and of 500, which is how SOAP sends a fault.
func (sp *ServiceProvider) post(ctx context.Context, message []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, sp.broker.Load().artifactURL, bytes.NewReader(message))
	if err != nil {
		return nil, refuse(Unreachable, err)
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", soapAction)
	response, err := sp.client.Do(request)
	if err != nil {
		return nil, refuse(Unreachable, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusInternalServerError {
		return nil, refuse(Unreachable, fmt.Errorf("HTTP status %d", response.StatusCode))
	}
	if !isXML(response.Header.Get("Content-Type")) {
		return nil, refuse(Unreachable, errors.New("an answer that is not XML"))
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, responseLimit+1))
	if err != nil {
		return nil, refuse(Unreachable, err)
	}
	return body, nil
}

// isXML takes the types that SOAP 1.1 and careless servers name, and none at all.
func isXML(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (kind == "text/xml" || kind == "application/xml" || kind == "application/soap+xml")
}
