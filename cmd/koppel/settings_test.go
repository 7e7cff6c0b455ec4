package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"koppel/keys"
)

// complete is an environment that every command can start with.
func complete(t *testing.T) map[string]string {
	t.Helper()
	private, public, err := keys.GenerateHandover("h1")
	if err != nil {
		t.Fatal(err)
	}
	key, certificate := keyPair(t)
	return map[string]string{
		"KOPPEL_DATABASE_URL": "postgres://localhost/koppel", "KOPPEL_PUBLIC_URL": "https://koppel.example",
		"KOPPEL_SMTP_ADDRESS": "localhost:25", "KOPPEL_MAIL_FROM": "noreply@koppel.example",
		"KOPPEL_HELPDESK_MAIL": "helpdesk@koppel.example", "KOPPEL_HELPDESK_PHONE": "079 000 00 00",
		"KOPPEL_LOOKUP_KEY": keys.Generate(), "KOPPEL_PIN_KEYS": "1:" + keys.Generate(), "KOPPEL_RECORD_KEYS": "1:" + keys.Generate(),
		"KOPPEL_HANDOVER_KEYS": private, "KOPPEL_HANDOVER_PUBLIC_KEY": public,
		"KOPPEL_EHERKENNING_ENTITY_ID": "urn:e", "KOPPEL_EHERKENNING_SERVICE_ID": "urn:s", "KOPPEL_EHERKENNING_SERVICE_UUID": "u",
		"KOPPEL_EHERKENNING_KEY": key, "KOPPEL_EHERKENNING_CERTIFICATE": certificate, "KOPPEL_EHERKENNING_BROKER_METADATA": "<x/>",
	}
}

func keyPair(t *testing.T) (key, certificate string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private)), block("CERTIFICATE", der)
}

func list(environment map[string]string) (environ []string) {
	for name, value := range environment {
		environ = append(environ, name+"="+value)
	}
	return environ
}

func TestEveryCommandStartsWithACompleteEnvironment(t *testing.T) {
	for _, command := range []string{"web", "worker", "migrate", "import"} {
		s, err := readSettings(command, list(complete(t)))
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		if s.Listen != "localhost:8080" || s.EHerkenningKey.PrivateKey == nil || s.RecordKeys.ActiveID() != "1" {
			t.Errorf("%s: settings were not read: %+v", command, s.Listen)
		}
	}
}

func TestEverySettingThatIsNeededIsNamedWhenItIsMissing(t *testing.T) {
	for field := range fields() {
		name := field.Tag.Get("env")
		environment := complete(t)
		delete(environment, name)
		for _, command := range []string{"web", "worker", "migrate", "import"} {
			_, err := readSettings(command, list(environment))
			needed := slices.Contains(strings.Fields(field.Tag.Get("for")), command)
			if needed != (err != nil && strings.Contains(err.Error(), name+" (or "+name+"_FILE): missing")) {
				t.Errorf("%s without %s: needed %v, got %v", command, name, needed, err)
			}
		}
	}
}

func TestWrongSettingsAreNamedTogetherWithoutTheirValues(t *testing.T) {
	environment := complete(t)
	environment["KOPPEL_LOOKUP_KEY"] = "c2VjcmV0"
	environment["KOPPEL_EHERKENNING_KEY"] = "secret"
	environment["KOPPEL_RECORD_KEYS_FILE"] = "/nowhere"
	delete(environment, "KOPPEL_DATABASE_URL")
	_, err := readSettings("web", list(environment))
	for _, name := range []string{"KOPPEL_LOOKUP_KEY", "KOPPEL_EHERKENNING_KEY", "KOPPEL_RECORD_KEYS_FILE", "KOPPEL_DATABASE_URL"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
	if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "c2VjcmV0")) {
		t.Errorf("a value is told: %v", err)
	}
}

func TestSettingFromAFile(t *testing.T) {
	environment := complete(t)
	path := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(path, []byte("postgres://elsewhere/koppel\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	delete(environment, "KOPPEL_DATABASE_URL")
	environment["KOPPEL_DATABASE_URL_FILE"] = path
	s, err := readSettings("import", list(environment))
	if err != nil || s.DatabaseURL != "postgres://elsewhere/koppel" {
		t.Errorf("url %q, %v", s.DatabaseURL, err)
	}
}
