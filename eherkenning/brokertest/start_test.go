package brokertest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

func TestStartRefuses(t *testing.T) {
	provider := testKeys()["provider"]
	var w *world
	request := func(change func(*etree.Element)) *etree.Element {
		el := message("AuthnRequest", requestID, w.base+"/sso")
		change(el)
		return el
	}
	unchanged := func(*etree.Element) {}
	tests := []struct {
		name string
		make func() *etree.Element
		why  string
	}{
		{"unsigned", func() *etree.Element { return request(unchanged) }, "0 signatures"},
		{"foreign key", func() *etree.Element { return signed(t, request(unchanged), testKeys()["stranger"], false) }, "verify signature"},
		{"changed after signing", func() *etree.Element {
			el := signed(t, request(unchanged), provider, false)
			el.CreateAttr("ID", "_other")
			return el
		}, "verify signature"},
		{"with certificate", func() *etree.Element { return signed(t, request(unchanged), provider, true) }, "X509Data"},
		{"wrong destination", func() *etree.Element {
			return signed(t, request(func(el *etree.Element) { el.CreateAttr("Destination", acsURL) }), provider, false)
		}, "destination"},
		{"no destination", func() *etree.Element {
			return signed(t, request(func(el *etree.Element) { el.RemoveAttr("Destination") }), provider, false)
		}, "destination"},
		{"unknown issuer", func() *etree.Element {
			return signed(t, request(func(el *etree.Element) { el.FindElement("./Issuer").SetText("urn:other") }), provider, false)
		}, "unknown issuer"},
		{"other ACS", func() *etree.Element {
			return signed(t, request(func(el *etree.Element) {
				el.CreateAttr("AssertionConsumerServiceURL", "https://other.example/")
			}), provider, false)
		}, "not on file"},
		{"another message", func() *etree.Element {
			return signed(t, message("LogoutRequest", requestID, w.base+"/sso"), provider, false)
		}, "not an AuthnRequest"},
		{"SHA-1", func() *etree.Element {
			el := request(unchanged)
			if err := (Signature{Key: provider, Method: MethodRSASHA1}).apply(el); err != nil {
				t.Fatal(err)
			}
			return el
		}, "SignatureMethod"},
	}
	w = newWorld(t, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := newVisitor(w)
			v.post(w.base+"/sso", url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString(write(t, test.make()))}})
			v.wantTitle("Inloggen lukt niet")
			if got := v.page.Find("code").Text(); v.status != http.StatusBadRequest || !strings.Contains(got, test.why) {
				t.Errorf("status %d, %q, want %q", v.status, got, test.why)
			}
		})
	}
}

func TestStartRefusesWhatIsNoMessage(t *testing.T) {
	w := newWorld(t, nil)
	for name, form := range map[string]url.Values{
		"nothing":         {},
		"not base64":      {"SAMLRequest": {"%"}},
		"not XML":         {"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte("<a"))}},
		"long RelayState": {"SAMLRequest": {w.samlRequest()}, "RelayState": {strings.Repeat("x", maxRelayState+1)}},
	} {
		v := newVisitor(w)
		v.post(w.base+"/sso", form)
		if v.status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, v.status)
		}
	}
}
