package foreign

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"koppel/eherkenning"
)

const (
	protocol = "urn:oasis:names:tc:SAML:2.0:protocol"
	metadata = "urn:oasis:names:tc:SAML:2.0:metadata"
	schemas  = "/usr/share/xml/opensaml/"
)

// TestOthersAcceptWhatWeWrite: signatures by xmlsec1, which finds our key by its KeyName or shown certificate, and form
// by the schemas.
func TestOthersAcceptWhatWeWrite(t *testing.T) {
	b := newBench(t)
	for _, message := range []struct {
		name, namespace, schema string
		document                []byte
	}{
		{"AuthnRequest", protocol, "saml-schema-protocol-2.0.xsd", b.request()},
		{"ArtifactResolve", protocol, "saml-schema-protocol-2.0.xsd", b.resolve()},
		{"EntityDescriptor", metadata, "saml-schema-metadata-2.0.xsd", b.metadata()},
	} {
		t.Run(message.name, func(t *testing.T) {
			b := *b
			b.t = t
			b.write(message.name+".xml", message.document)
			b.run("xmlsec1", "--verify", "--pubkey-cert-pem:"+b.ours.Name(), "ours.pem", "--trusted-pem", "ours.pem",
				"--id-attr:ID", message.namespace+":"+message.name, message.name+".xml")
			b.validate(message.schema, message.name+".xml")
			b.write("changed.xml", []byte(strings.Replace(string(message.document), "urn:etoegang:DV", "urn:etoegang:XX", 1)))
			if output, err := b.try("xmlsec1", "--verify", "--pubkey-cert-pem:"+b.ours.Name(), "ours.pem", "--trusted-pem", "ours.pem",
				"--id-attr:ID", message.namespace+":"+message.name, "changed.xml"); err == nil {
				t.Errorf("xmlsec1 accepts a changed message: %s", output)
			}
		})
	}
}

// validate holds a file against a schema; the catalog beside this test says where the schemas are on this machine.
func (b *bench) validate(schema, name string) {
	b.t.Helper()
	catalog, err := filepath.Abs("catalog.xml")
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.Setenv("XML_CATALOG_FILES", catalog); err != nil {
		b.t.Fatal(err)
	}
	b.run("xmllint", "--nonet", "--noout", "--schema", schemas+schema, name)
}

func (b *bench) request() []byte {
	b.t.Helper()
	request, err := b.provider(b.broker("http://broker.example", "")).NewRequest("handle")
	if err != nil {
		b.t.Fatal(err)
	}
	document, err := base64.StdEncoding.DecodeString(request.SAMLRequest)
	if err != nil {
		b.t.Fatal(err)
	}
	return document
}

// resolve listens where the broker would and keeps what our side sends.
func (b *bench) resolve() []byte {
	b.t.Helper()
	var envelope []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { envelope, _ = io.ReadAll(r.Body) }))
	defer server.Close()
	broker := b.broker("http://broker.example", server.URL)
	artifact := broker.HandOut(broker.Answer("_request1", jane(), jane().Organisations[0]))
	if _, err := b.provider(broker).Login(b.t.Context(), artifact, "_request1"); err == nil {
		b.t.Fatal("an empty answer was accepted")
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(envelope); err != nil {
		b.t.Fatal(err)
	}
	message, err := etree.NewDocumentWithRoot(document.FindElement("/Envelope/Body/ArtifactResolve")).WriteToBytes()
	if err != nil {
		b.t.Fatal(err)
	}
	return message
}

func (b *bench) metadata() []byte {
	b.t.Helper()
	document, err := eherkenning.Metadata(b.settings(b.broker("http://broker.example", "")), eherkenning.Publication{
		ID: "_1", IssuedAt: time.Now(), OrganisationName: "Helpdesk PO", OrganisationURL: "https://helpdesk.example",
		ContactEmail: "beheer@helpdesk.example", ContactPhone: "070 000 00 00", ServiceName: "Mijn Helpdesk po",
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return document
}
