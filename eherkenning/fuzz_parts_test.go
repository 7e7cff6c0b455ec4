package eherkenning

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"koppel/eherkenning/brokertest"
)

// FuzzScan: what the scan lets through is small, and every reader finds the same root in it.
func FuzzScan(f *testing.F) {
	f.Add([]byte(`<a><b ID="1"/></a>`))
	f.Add([]byte(`<?xml version="1.0"?><a xmlns:x="urn:x" x:b="1">t</a>`))
	f.Add([]byte(`<!DOCTYPE a><a/>`))
	f.Add([]byte(`<a/><b/>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		if scan(document) != nil {
			return
		}
		tree := etree.NewDocument()
		if err := tree.ReadFromBytes(document); err != nil {
			return
		}
		var root struct{ XMLName xml.Name }
		if err := xml.Unmarshal(document, &root); err != nil {
			return
		}
		if tree.Root().Tag != root.XMLName.Local || len(tree.FindElements("//")) > elementLimit {
			t.Errorf("etree reads %s, encoding/xml %s", tree.Root().Tag, root.XMLName.Local)
		}
	})
}

// FuzzArtifact: only 44 bytes with our broker's mark are an artifact.
func FuzzArtifact(f *testing.F) {
	w := newWorld(f)
	f.Add(w.broker.HandOut(w.answer()))
	f.Add("AAQAAA==")
	f.Add("")
	mark := sha1.Sum([]byte(brokertest.EntityID))
	f.Fuzz(func(t *testing.T, artifact string) {
		raw, err := base64.StdEncoding.DecodeString(artifact)
		genuine := err == nil && len(raw) == 44 && string(raw[:2]) == "\x00\x04" && string(raw[4:24]) == string(mark[:])
		if accepted := w.sp.CheckArtifact(artifact) == nil; accepted != genuine {
			t.Errorf("%q: accepted %v, genuine %v", artifact, accepted, genuine)
		}
	})
}

// FuzzEncryptedID: whatever stands in an EncryptedID, nothing panics, and an error says nothing of the text.
func FuzzEncryptedID(f *testing.F) {
	w := newWorld(f)
	document := etree.NewDocument()
	if err := document.ReadFromBytes(w.envelope(func(*brokertest.Answer) {})); err != nil {
		f.Fatal(err)
	}
	sealed := find(f, &document.Element, "//Response/Assertion/AttributeStatement//EncryptedID").Copy()
	sealed.CreateAttr("xmlns:saml", nsAssertion)
	text, err := etree.NewDocumentWithRoot(sealed).WriteToString()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(strings.ReplaceAll(text, "aes256-cbc", "aes128-cbc"))
	f.Add(strings.ReplaceAll(text, "2001/04/xmlenc#aes256-cbc", "2009/xmlenc11#aes256-gcm"))
	f.Add(strings.ReplaceAll(text, "CipherValue>", "CipherValue>AAAA"))
	f.Fuzz(func(t *testing.T, text string) {
		document := etree.NewDocument()
		if document.ReadFromString(text) != nil || document.Root() == nil {
			return
		}
		plaintext, err := w.sp.decrypt(document.Root())
		if err != nil {
			if reason := ReasonOf(err); reason != DecryptionFailed && reason != UnknownAlgorithm {
				t.Errorf("reason %q", reason)
			}
			return
		}
		if _, err := readNameID(plaintext, nil); err != nil && strings.Contains(err.Error(), string(plaintext)) && len(plaintext) > 8 {
			t.Errorf("the error tells the text: %v", err)
		}
	})
}

// FuzzMetadata: only what the pinned signer signed becomes the broker; what was signed may say anything.
func FuzzMetadata(f *testing.F) {
	w := newWorld(f)
	good := string(w.broker.Metadata())
	f.Add(good, false)
	f.Add(good, true)
	f.Add(`<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" ID="_1"/>`, true)
	f.Add(strings.ReplaceAll(good, "https", "ftp"), true)
	signature := brokertest.Signature{Key: keys()["broker 1"], Method: brokertest.MethodRSASHA256, ShowCertificate: true}
	f.Fuzz(func(t *testing.T, text string, sign bool) {
		document := []byte(text)
		if sign {
			var err error
			if document, err = signature.Document(document); err != nil {
				return
			}
		}
		broker, err := parseMetadata(document, w.sp.settings.MetadataSigners, start)
		if err == nil && (broker.entityID == "" || broker.artifactURL == "" || len(broker.certificates) == 0 || broker.sso.url.Host == "") {
			t.Errorf("half a broker: %+v", broker)
		}
		if err == nil && !sign && broker.entityID != brokertest.EntityID {
			t.Errorf("a broker out of nothing: %+v", broker)
		}
		if _, err := Describe(document, w.sp.settings.MetadataSigners, start); err == nil && broker == nil {
			t.Error("described as good, but refused")
		}
	})
}
