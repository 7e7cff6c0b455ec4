package eherkenning

import (
	"strings"
	"testing"
	"time"
)

func TestSettingsNameWhatIsMissing(t *testing.T) {
	_, err := New(Settings{})
	for _, name := range []string{"EntityID", "ServiceID", "ServiceUUID", "ACSURL", "Signing", "Decryption", "BrokerMetadata"} {
		if err == nil || !strings.Contains(err.Error(), "setting "+name+" is missing") {
			t.Errorf("%s is not named in %v", name, err)
		}
	}
}

func TestSettingsThatDoNotFit(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name   string
		change func(*Settings)
		want   string
	}{
		{"relative ACS URL", func(s *Settings) { s.ACSURL = "/acs" }, "ACSURL"},
		{"certificate of another key", func(s *Settings) { s.Signing.Certificate = keys()["stranger"].Certificate }, "Signing: certificate"},
		{"metadata without XML", func(s *Settings) { s.BrokerMetadata = []byte("x") }, "broker metadata"},
	} {
		settings := w.sp.settings
		test.change(&settings)
		if _, err := New(settings); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", test.name, err, test.want)
		}
	}
}

func TestMetadata(t *testing.T) {
	w := newWorld(t)
	good := string(w.broker.Metadata())
	body := good[strings.Index(good, "<md:EntityDescriptor"):]
	several := `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">`
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
		{"no SSO by POST", strings.ReplaceAll(good, "HTTP-POST", "HTTP-Redirect"), "HTTP-POST is missing"},
		{"no artifacts", strings.ReplaceAll(good, "ArtifactResolutionService", "Other"), "ArtifactResolutionService for binding"},
		{"no keys", strings.ReplaceAll(good, "KeyDescriptor", "Other"), "signing certificate is missing"},
		{"only encryption keys", strings.ReplaceAll(good, `use="signing"`, `use="encryption"`), "signing certificate is missing"},
		{"keys for both uses", strings.ReplaceAll(good, ` use="signing"`, ""), ""},
		{"broken certificate", strings.ReplaceAll(good, "X509Certificate>MII", "X509Certificate>AII"), "signing certificate 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			broker, err := parseMetadata([]byte(test.document))
			if test.missing != "" {
				if err == nil || !strings.Contains(err.Error(), test.missing) {
					t.Errorf("got %v, want %q in it", err, test.missing)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(broker.certificates) != 2 || broker.artifactURL != w.base+"/ars" || broker.ssoURL.String() != w.base+"/sso" {
				t.Errorf("got %+v", broker)
			}
		})
	}
}

func TestMetadataNamesEveryMissingPart(t *testing.T) {
	empty := `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"><IDPSSODescriptor/></EntityDescriptor>`
	_, err := parseMetadata([]byte(empty))
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
		s.BrokerMetadata = []byte(strings.Replace(good, "entityID=", `validUntil="`+until+`" entityID=`, 1))
	})
	_, artifact := w.visit("jane", "")
	w.now = start.Add(2 * time.Minute)
	_, err := w.sp.Login(t.Context(), artifact, requestID)
	wantReason(t, err, MetadataExpired)
}

func TestBrokerOrigin(t *testing.T) {
	w := newWorld(t)
	if got := w.sp.BrokerOrigin(); got != w.base {
		t.Errorf("got %q, want %q", got, w.base)
	}
}
