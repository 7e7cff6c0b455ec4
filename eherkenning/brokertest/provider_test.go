package brokertest

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml/xmlenc"
	dsig "github.com/russellhaering/goxmldsig"
)

const (
	providerID  = "urn:etoegang:DV:00000001999999990000:entities:9001"
	serviceID   = "urn:etoegang:DV:00000001999999990000:services:9001"
	serviceUUID = "3b1d6c52-0a4e-4f7b-9a55-5d2f8f0c1e77"
	acsURL      = "https://koppel.example/eherkenning/acs"
	requestID   = "_request1"
)

var start = time.Date(2026, 4, 21, 12, 0, 0, 0, time.UTC)

// testKeys are made once: the provider's, two of the broker, and a stranger's.
var testKeys = sync.OnceValue(func() map[string]Key {
	keys := map[string]Key{}
	for _, name := range []string{"provider", "broker 1", "broker 2", "stranger"} {
		key, err := NewKey(name, start)
		if err != nil {
			panic(err)
		}
		keys[name] = key
	}
	return keys
})

// world is a broker on a server, with a clock and the broker's only service provider.
type world struct {
	t      *testing.T
	broker *Broker
	base   string
	now    time.Time
}

func newWorld(t *testing.T, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, now: start}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.broker.ServeHTTP(rw, r) }))
	t.Cleanup(server.Close)
	w.base = server.URL
	options := Options{
		BaseURL: server.URL,
		ServiceProvider: ServiceProvider{EntityID: providerID, ACSURL: acsURL, ServiceID: serviceID, ServiceUUID: serviceUUID,
			Certificate: testKeys()["provider"].Certificate},
		Keys: []Key{testKeys()["broker 1"], testKeys()["broker 2"]},
		Now:  func() time.Time { return w.now },
	}
	if change != nil {
		change(&options)
	}
	broker, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	w.broker = broker
	return w
}

// message makes an unsigned request of the provider.
func message(tag, id, destination string) *etree.Element {
	el := etree.NewElement("samlp:" + tag)
	el.CreateAttr("xmlns:samlp", nsProtocol)
	el.CreateAttr("xmlns:saml", nsAssertion)
	el.CreateAttr("ID", id)
	el.CreateAttr("Version", "2.0")
	el.CreateAttr("IssueInstant", instant(start))
	setAttr(el, "Destination", destination)
	addText(el, "saml:Issuer", providerID)
	return el
}

// signed signs with goxmldsig, so that the broker's own signer does not judge itself.
func signed(t *testing.T, el *etree.Element, key Key, keyInfo bool) *etree.Element {
	t.Helper()
	context, err := dsig.NewSigningContext(key.Private, [][]byte{key.Certificate.Raw})
	if err != nil {
		t.Fatal(err)
	}
	context.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	out, err := context.SignEnveloped(el)
	if err != nil {
		t.Fatal(err)
	}
	out = reparse(t, out)
	if !keyInfo {
		signature := out.FindElement("./Signature")
		signature.RemoveChild(signature.FindElement("./KeyInfo"))
	}
	return out
}

func reparse(t *testing.T, el *etree.Element) *etree.Element {
	t.Helper()
	root, err := parseXML(write(t, el))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func write(t *testing.T, el *etree.Element) []byte {
	t.Helper()
	text, err := serialise(el.Copy())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (w *world) samlRequest() string {
	request := message("AuthnRequest", requestID, w.base+"/sso")
	return base64.StdEncoding.EncodeToString(write(w.t, signed(w.t, request, testKeys()["provider"], false)))
}

func (w *world) login(username, kvk string) Return {
	w.t.Helper()
	visit := Visit{SAMLRequest: w.samlRequest(), RelayState: "handle", Username: username, KvK: kvk}
	back, err := Login(http.DefaultClient, w.base, visit)
	if err != nil {
		w.t.Fatal(err)
	}
	return back
}

func (w *world) resolveMessage(artifact string) *etree.Element {
	resolve := message("ArtifactResolve", "_resolve1", w.base+"/ars")
	addText(resolve, "samlp:Artifact", artifact)
	return signed(w.t, resolve, testKeys()["provider"], false)
}

// post sends a message in a SOAP envelope and returns the one that comes back.
func (w *world) post(message *etree.Element) (status int, body *etree.Element) {
	w.t.Helper()
	envelope := etree.NewElement("soap:Envelope")
	envelope.CreateAttr("xmlns:soap", nsSOAP)
	envelope.CreateElement("soap:Body").AddChild(message)
	response, err := http.Post(w.base+"/ars", "text/xml", bytes.NewReader(write(w.t, envelope)))
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	root, err := parseXML(text)
	if err != nil {
		w.t.Fatal(err)
	}
	if body, err = bodyOf(root); err != nil {
		w.t.Fatal(err)
	}
	return response.StatusCode, body
}

// resolve returns the ArtifactResponse.
func (w *world) resolve(artifact string) *etree.Element {
	w.t.Helper()
	status, body := w.post(w.resolveMessage(artifact))
	if status != http.StatusOK || body.Tag != "ArtifactResponse" {
		w.t.Fatalf("status %d, %s", status, write(w.t, body))
	}
	return body
}

// attribute decrypts the values of an encrypted attribute of the assertion itself, as qualifier and value.
func (w *world) attribute(assertion *etree.Element, name string) []Identifier {
	w.t.Helper()
	var found []Identifier
	for _, value := range assertion.FindElements("./AttributeStatement/Attribute[@Name='" + name + "']/AttributeValue") {
		data, key := value.FindElement("./EncryptedID/EncryptedData"), value.FindElement("./EncryptedID/EncryptedKey")
		if got := key.SelectAttrValue("Recipient", ""); got != providerID {
			w.t.Errorf("Recipient %q, want %q", got, providerID)
		}
		secret, err := xmlenc.Decrypt(testKeys()["provider"].Private, key)
		if err != nil {
			w.t.Fatal(err)
		}
		plain, err := xmlenc.Decrypt(secret, data)
		if err != nil {
			w.t.Fatal(err)
		}
		nameID, err := parseXML(plain)
		if err != nil {
			w.t.Fatal(err)
		}
		found = append(found, Identifier{Qualifier: nameID.SelectAttrValue("NameQualifier", ""), Value: nameID.Text()})
	}
	return found
}

func text(el *etree.Element, path string) string {
	found := el.FindElement(path)
	if found == nil {
		return ""
	}
	return found.Text()
}
