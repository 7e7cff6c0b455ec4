package brokertest

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/beevik/etree"
)

// resolve answers a signed ArtifactResolve. Whom it does not trust gets a SOAP fault; an artifact that is unknown,
// used or too old gets an ArtifactResponse without a Response, as the SAML bindings ask.
func (b *Broker) resolve(w http.ResponseWriter, r *http.Request) {
	id, artifact, err := b.readResolve(r)
	if err != nil {
		writeFault(w, err)
		return
	}
	answer, found := b.artifacts.take(artifact)
	if !found {
		answer = b.failure("", StatusSuccess)
		answer.Empty = true
	}
	answer.ResolveID = id
	if b.options.Change != nil {
		b.options.Change(&answer)
	}
	if answer.Unreachable {
		http.Error(w, "storing", http.StatusServiceUnavailable)
		return
	}
	text, err := b.Build(answer)
	if err != nil {
		writeFault(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache, no-store")
	_, _ = w.Write(text)
}

func (b *Broker) readResolve(r *http.Request) (id, artifact string, err error) {
	text, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxMessage))
	if err != nil {
		return "", "", fmt.Errorf("read ArtifactResolve: %w", err)
	}
	envelope, err := parseXML(text)
	if err != nil {
		return "", "", err
	}
	message, err := bodyOf(envelope)
	if err != nil {
		return "", "", err
	}
	signed, err := verify(message, b.options.ServiceProvider.Certificate, b.options.Now())
	if err != nil {
		return "", "", err
	}
	if signed.Tag != "ArtifactResolve" || signed.NamespaceURI() != nsProtocol {
		return "", "", fmt.Errorf("%s is not an ArtifactResolve", signed.Tag)
	}
	if issuer := childText(signed, nsAssertion, "Issuer"); issuer != b.options.ServiceProvider.EntityID {
		return "", "", fmt.Errorf("unknown issuer %q", issuer)
	}
	if to := signed.SelectAttrValue("Destination", b.options.ResolveURL); to != b.options.ResolveURL {
		return "", "", fmt.Errorf("destination %q is not %q", to, b.options.ResolveURL)
	}
	return signed.SelectAttrValue("ID", ""), childText(signed, nsProtocol, "Artifact"), nil
}

func bodyOf(envelope *etree.Element) (*etree.Element, error) {
	bodies := children(envelope, nsSOAP, "Body")
	if len(bodies) != 1 || len(bodies[0].ChildElements()) != 1 {
		return nil, errors.New("not a SOAP 1.1 envelope with one message")
	}
	return bodies[0].ChildElements()[0], nil
}

// writeFault answers with status 500, as SOAP 1.1 over HTTP asks.
func writeFault(w http.ResponseWriter, reason error) {
	envelope := etree.NewElement("soap:Envelope")
	envelope.CreateAttr("xmlns:soap", nsSOAP)
	fault := envelope.CreateElement("soap:Body").CreateElement("soap:Fault")
	addText(fault, "faultcode", "soap:Client")
	addText(fault, "faultstring", reason.Error())
	text, err := serialise(envelope)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(text)
}
