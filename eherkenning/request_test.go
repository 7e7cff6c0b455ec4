package eherkenning

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

func TestRequestSaysWhatTheSchemeWants(t *testing.T) {
	w := newWorld(t)
	request, err := w.sp.NewRequest("handle")
	if err != nil {
		t.Fatal(err)
	}
	message := readRequest(t, request)
	for name, want := range map[string]string{
		"ID":                             request.ID,
		"Version":                        "2.0",
		"IssueInstant":                   "2026-04-21T12:00:00Z",
		"Destination":                    w.base + "/sso",
		"ForceAuthn":                     "true",
		"AssertionConsumerServiceIndex":  "0",
		"AttributeConsumingServiceIndex": "0",
		"ProviderName":                   "MijnHelpdeskPO",
		"AssertionConsumerServiceURL":    "",
		"ProtocolBinding":                "",
	} {
		if got := message.SelectAttrValue(name, ""); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if request.Destination != w.base+"/sso" || request.RelayState != "handle" {
		t.Errorf("got %+v", request)
	}
	issuer := find(t, message, "./Issuer")
	if issuer.Text() != providerID || len(issuer.Attr) > 0 {
		t.Errorf("issuer %q with %v", issuer.Text(), issuer.Attr)
	}
	context := find(t, message, "./RequestedAuthnContext")
	if context.SelectAttrValue("Comparison", "") != "minimum" ||
		find(t, context, "./AuthnContextClassRef").Text() != "urn:etoegang:core:assurance-class:loa3" {
		t.Error("not at least EH3")
	}
	for _, path := range []string{"./NameIDPolicy", "//X509Data", "//X509Certificate"} {
		if message.FindElement(path) != nil {
			t.Errorf("%s does not belong there", path)
		}
	}
}

// TestRequestIsSigned checks our own signature as we would a broker's; the test broker has done so its own way.
func TestRequestIsSigned(t *testing.T) {
	w := newWorld(t)
	request, err := w.sp.NewRequest("")
	if err != nil {
		t.Fatal(err)
	}
	own := broker{}
	own.certificates = append(own.certificates, keys()["stranger"].Certificate, keys()["provider"].Certificate)
	if _, err := own.verifySignature(readRequest(t, request), start); err != nil {
		t.Error(err)
	}
}

func TestRequestIDsDiffer(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for range 20 {
		id, err := w.sp.newID()
		if err != nil || seen[id] || len(id) != 41 || id[0] != '_' {
			t.Fatalf("id %q, %v", id, err)
		}
		seen[id] = true
	}
}

func TestRandomnessComesFromOutside(t *testing.T) {
	w := newWorld(t)
	sp := w.provider(func(s *Settings) { s.Random = bytes.NewReader(bytes.Repeat([]byte{0xab}, 20)) })
	request, err := sp.NewRequest("")
	if err != nil || request.ID != "_"+strings.Repeat("ab", 20) {
		t.Errorf("got %+v, %v", request, err)
	}
	if _, err := sp.NewRequest(""); err == nil {
		t.Error("a request without randomness")
	}
	_, err = sp.Login(t.Context(), w.broker.HandOut(w.answer()), requestID)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Reason != Invalid {
		t.Errorf("got %v", err)
	}
}

func TestRelayStateHasALimit(t *testing.T) {
	sp := newWorld(t).sp
	if _, err := sp.NewRequest(strings.Repeat("x", 80)); err != nil {
		t.Error(err)
	}
	if _, err := sp.NewRequest(strings.Repeat("x", 81)); err == nil {
		t.Error("81 bytes pass")
	}
}

func readRequest(t *testing.T, request *Request) *etree.Element {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(request.SAMLRequest)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(text))
}
