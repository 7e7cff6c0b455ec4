package eherkenning

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"koppel/eherkenning/brokertest"
)

// signMetadata lets the broker sign a changed document.
func (w *world) signMetadata(document string) []byte {
	w.t.Helper()
	signature := brokertest.Signature{Key: keys()["broker 1"], Method: brokertest.MethodRSASHA256, ShowCertificate: true}
	signed, err := signature.Document([]byte(document))
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}

func TestMetadata(t *testing.T) {
	w := newWorld(t)
	good := string(w.broker.Metadata())
	body := good[strings.Index(good, "<md:EntityDescriptor"):]
	several := `<md:EntitiesDescriptor ID="_all" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">`
	sp := `<md:EntityDescriptor entityID="urn:other"><md:SPSSODescriptor/></md:EntityDescriptor>`
	for _, test := range []struct {
		name, document, missing string
	}{
		{"one entity", good, ""},
		{"several entities", several + sp + body + `</md:EntitiesDescriptor>`, ""},
		{"two brokers", several + body + body + `</md:EntitiesDescriptor>`, "2 entities"},
		{"no broker", several + sp + `</md:EntitiesDescriptor>`, "0 entities"},
		{"no entity id", strings.Replace(good, "entityID=", "other=", 1), "entityID is missing"},
		{"no SSO", strings.ReplaceAll(good, "SingleSignOnService", "Other"), "SingleSignOnService for binding"},
		{"SSO by redirect", strings.ReplaceAll(good, "HTTP-POST", "HTTP-Redirect"), ""},
		{"SSO by artifact", strings.ReplaceAll(good, "HTTP-POST", "HTTP-Artifact"), "HTTP-POST is missing"},
		{"relative address", strings.ReplaceAll(good, w.base, "https://"), "not an absolute"},
		{"no artifacts", strings.ReplaceAll(good, "ArtifactResolutionService", "Other"), "ArtifactResolutionService for binding"},
		{"no keys", strings.ReplaceAll(good, "KeyDescriptor", "Other"), "signing certificate is missing"},
		{"only encryption keys", strings.ReplaceAll(good, `use="signing"`, `use="encryption"`), "signing certificate is missing"},
		{"keys for both uses", strings.ReplaceAll(good, ` use="signing"`, ""), ""},
		{"broken certificate", strings.ReplaceAll(good, "X509Certificate>MII", "X509Certificate>AII"), "signing certificate 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			broker, err := parseMetadata(w.signMetadata(test.document), w.sp.settings.MetadataSigners, start)
			if test.missing != "" {
				if err == nil || !strings.Contains(err.Error(), test.missing) {
					t.Errorf("got %v, want %q in it", err, test.missing)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(broker.certificates) != 2 || broker.artifactURL != w.base+"/ars" || broker.sso.url.String() != w.base+"/sso" {
				t.Errorf("got %+v", broker)
			}
		})
	}
}

func TestMetadataNamesEveryMissingPart(t *testing.T) {
	w := newWorld(t)
	empty := `<EntityDescriptor ID="_1" xmlns="urn:oasis:names:tc:SAML:2.0:metadata"><IDPSSODescriptor/></EntityDescriptor>`
	_, err := parseMetadata(w.signMetadata(empty), w.sp.settings.MetadataSigners, start)
	for _, part := range []string{"entityID", "SingleSignOnService", "ArtifactResolutionService", "signing certificate"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s is not named in %v", part, err)
		}
	}
}

func TestExpiredMetadata(t *testing.T) {
	w := newWorld(t)
	good := string(w.broker.Metadata())
	until := start.Add(time.Minute).Format(time.RFC3339)
	w.sp = w.provider(func(s *Settings) {
		s.BrokerMetadata = w.signMetadata(strings.Replace(good, "entityID=", `validUntil="`+until+`" entityID=`, 1))
	})
	_, artifact := w.visit("jane", "")
	w.now = start.Add(2 * time.Minute)
	_, err := w.sp.Login(t.Context(), artifact, requestID)
	wantReason(t, err, MetadataExpired)
}

// TestMetadataIsSignedByThePinnedSigner: everything in it is believed, so nothing of a stranger's may pass.
func TestMetadataIsSignedByThePinnedSigner(t *testing.T) {
	w := newWorld(t)
	good := string(w.broker.Metadata())
	own := good[strings.Index(good, "<ds:Signature") : strings.Index(good, "</ds:Signature>")+len("</ds:Signature>")]
	stranger := brokertest.Signature{Key: keys()["stranger"], Method: brokertest.MethodRSASHA256, ShowCertificate: true}
	foreign, err := stranger.Document([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, document, want string
	}{
		{"unsigned", strings.Replace(good, own, "", 1), "unsigned"},
		{"a stranger's", string(foreign), "not by the certificate"},
		{"changed", strings.Replace(good, w.base+"/sso", "https://evil.example/sso", 1), "not by the certificate"},
		{"signed somewhere inside", `<md:EntitiesDescriptor xmlns:md="` + nsMetadata + `">` + good + `</md:EntitiesDescriptor>`, "unsigned"},
		{"not XML", "koppel", "not well-formed"},
		{"too large", good + strings.Repeat(" ", metadataLimit), "at most"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseMetadata([]byte(test.document), w.sp.settings.MetadataSigners, start)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
	several := []*x509.Certificate{keys()["stranger"].Certificate, keys()["broker 1"].Certificate}
	if _, err := parseMetadata([]byte(good), several, start); err != nil {
		t.Errorf("one of two signers: %v", err)
	}
}

// TestMetadataIsReplacedWithoutAPause: from one login to the next the broker has another key.
func TestMetadataIsReplacedWithoutAPause(t *testing.T) {
	w := newWorld(t, "broker 1")
	newKey := func(a *brokertest.Answer) {
		a.MessageSignature.Key, a.ResponseSignature.Key, a.AssertionSignature.Key =
			keys()["broker 2"], keys()["broker 2"], keys()["broker 2"]
	}
	_, err := w.verify(newKey)
	wantReason(t, err, BadSignature)
	if err := w.sp.SetBrokerMetadata([]byte("nonsense")); err == nil {
		t.Error("nonsense was taken")
	}
	if _, err := w.verify(func(*brokertest.Answer) {}); err != nil {
		t.Errorf("nonsense took the place of good metadata: %v", err)
	}
	next := newWorld(t, "broker 2")
	if err := w.sp.SetBrokerMetadata(w.signMetadata(string(next.broker.Metadata()))); err != nil {
		t.Fatal(err)
	}
	if _, err := w.verify(newKey); err != nil {
		t.Errorf("the new key is not known: %v", err)
	}
	_, err = w.verify(func(*brokertest.Answer) {})
	wantReason(t, err, BadSignature)
}

// TestDescriptionNamesWhatIsWrong: people read a file before it is used, and learn everything about it at once.
func TestDescriptionNamesWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	good := w.broker.Metadata()
	signers := w.sp.settings.MetadataSigners
	described, err := Describe(good, signers, start)
	if err != nil || described.EntityID != brokertest.EntityID || described.SSO != w.base+"/sso" ||
		described.ArtifactURL != w.base+"/ars" || len(described.Certificates) != 2 || described.SignedBy != Fingerprint(signers[0]) {
		t.Errorf("%+v, %v", described, err)
	}
	soon := w.broker.Keys()[0].Certificate.NotAfter.Add(-24 * time.Hour)
	for _, test := range []struct {
		name     string
		document []byte
		now      time.Time
		want     string
	}{
		{"a stranger's", []byte(strings.Replace(string(good), "/sso", "/other", 1)), start, "not by the certificate"},
		{"ends soon", good, soon, "ask the broker for the next one"},
		{"has ended", w.signMetadata(strings.Replace(string(good), "entityID=", `validUntil="2026-01-01T00:00:00Z" entityID=`, 1)), start, "broker metadata has ended on 2026-01-01"},
		{"half", w.signMetadata(strings.ReplaceAll(string(good), "ArtifactResolutionService", "Other")), start, "ArtifactResolutionService"},
		{"not metadata", []byte("<a/>"), start, "neither"},
		{"nothing", nil, start, "not well-formed"},
	} {
		if _, err := Describe(test.document, signers, test.now); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", test.name, err, test.want)
		}
	}
}

func TestExpiriesComeNearestFirst(t *testing.T) {
	w := newWorld(t)
	until := start.Add(time.Hour).Format(time.RFC3339)
	metadata := w.signMetadata(strings.Replace(string(w.broker.Metadata()), "entityID=", `validUntil="`+until+`" entityID=`, 1))
	if err := w.sp.SetBrokerMetadata(metadata); err != nil {
		t.Fatal(err)
	}
	all := w.sp.Expiries()
	if len(all) != 6 || all[0] != (Expiry{"broker metadata", start.Add(time.Hour)}) {
		t.Errorf("%+v", all)
	}
}
