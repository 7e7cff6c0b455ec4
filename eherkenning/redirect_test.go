package eherkenning

import (
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

// TestRequestByRedirect: a broker without HTTP-POST gets everything in the query, signed as it is sent.
func TestRequestByRedirect(t *testing.T) {
	w := newWorld(t)
	metadata := strings.NewReplacer("HTTP-POST", "HTTP-Redirect", w.base+"/sso", w.base+"/sso?x=1").Replace(string(w.broker.Metadata()))
	if err := w.sp.SetBrokerMetadata(w.signMetadata(metadata)); err != nil {
		t.Fatal(err)
	}
	request, err := w.sp.NewRequest("handle+/=")
	if err != nil {
		t.Fatal(err)
	}
	signed, ok := strings.CutPrefix(request.Redirect, w.base+"/sso?x=1&")
	if !ok || request.SAMLRequest != "" {
		t.Fatalf("request %+v", request)
	}
	signed, signature, _ := strings.Cut(signed, "&Signature=")
	wantQuerySignature(t, signed, signature)
	query, err := url.ParseQuery(signed)
	if err != nil || query.Get("RelayState") != "handle+/=" || query.Get("SigAlg") != signatureRSASHA256 {
		t.Errorf("query %v, %v", query, err)
	}
	root := inflate(t, query.Get("SAMLRequest"))
	if root.Tag != "AuthnRequest" || root.SelectAttrValue("ID", "") != request.ID || root.SelectElement("Signature") != nil {
		t.Errorf("request %s of ID %s", root.Tag, root.SelectAttrValue("ID", ""))
	}
}

func wantQuerySignature(t *testing.T, signed, signature string) {
	t.Helper()
	value, err := url.QueryUnescape(signature)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(signed))
	if err := rsa.VerifyPKCS1v15(&keys()["provider"].Private.PublicKey, crypto.SHA256, digest[:], raw); err != nil {
		t.Error(err)
	}
}

func inflate(t *testing.T, value string) *etree.Element {
	t.Helper()
	deflated := base64.NewDecoder(base64.StdEncoding, strings.NewReader(value))
	text, err := io.ReadAll(flate.NewReader(deflated))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(text))
}
