package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"koppel/eherkenning/brokertest"
	"koppel/helpdesk"
	"koppel/keys"
	"koppel/mail"
	"koppel/web"
)

// complete is an environment that every command can start with: examples from the struct, and what was made for it.
func complete(t *testing.T) map[string]string {
	t.Helper()
	environment := made()
	for field := range fieldsOf("") {
		name := field.Tag.Get("env")
		if field.Tag.Get("optional") == "" && field.Tag.Get("envDefault") == "" && environment[name] == "" {
			environment[name] = field.Tag.Get("example")
		}
	}
	return environment
}

// made are the settings for which no example can stand in the struct.
func made() map[string]string {
	private, public, err := keys.GenerateHandover("h1")
	if err != nil {
		panic(err)
	}
	pair := pairs()[0]
	token, _ := helpdesk.NewToken()
	return map[string]string{
		"KOPPEL_AGENT_TOKEN": token,
		"KOPPEL_LOOKUP_KEY":  keys.Generate(), "KOPPEL_PIN_KEYS": "p1:" + keys.Generate(), "KOPPEL_RECORD_KEYS": "r1:" + keys.Generate(),
		"KOPPEL_HANDOVER_KEYS": private, "KOPPEL_HANDOVER_PUBLIC_KEY": public,
		"KOPPEL_EHERKENNING_KEY": pair.key, "KOPPEL_EHERKENNING_CERTIFICATE": pair.certificate,
		"KOPPEL_EHERKENNING_DECRYPTION_KEYS": pair.key + pair.certificate,
		"KOPPEL_EHERKENNING_BROKER_METADATA": pair.metadata, "KOPPEL_EHERKENNING_METADATA_SIGNERS": pair.signer,
	}
}

type pair struct{ key, certificate, metadata, signer string }

// pairs are two keys with certificates, made once.
var pairs = sync.OnceValue(func() [2]pair { return [2]pair{newPair(), newPair()} })

func newPair() pair {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	signing, err := brokertest.NewKey("broker", time.Now())
	if err != nil {
		panic(err)
	}
	broker, err := brokertest.New(brokertest.Options{
		BaseURL: "https://broker.example", Keys: []brokertest.Key{signing},
		ServiceProvider: brokertest.ServiceProvider{
			EntityID: "urn:etoegang:DV:00000001234567890000:entities:0001", ACSURL: "https://koppel.example/eherkenning/acs",
			ServiceID:   "urn:etoegang:DV:00000001234567890000:services:0001",
			ServiceUUID: "5bd7e0f7-28e2-4b0c-9a0b-2f0f1a6f6b61", Certificate: certificate,
		},
	})
	if err != nil {
		panic(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return pair{block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private)), block("CERTIFICATE", der), string(broker.Metadata()),
		block("CERTIFICATE", signing.Certificate.Raw)}
}

func list(environment map[string]string) (environ []string) {
	for name, value := range environment {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// secret stands in the wrong values, and must not stand in a message when the setting is a secret.
const secret = "hunter2"

// wrong has a value for each kind that will not do.
var wrong = map[reflect.Type]string{
	reflect.TypeFor[agentToken]():     secret,
	reflect.TypeFor[certificate]():    secret,
	reflect.TypeFor[certificates]():   secret,
	reflect.TypeFor[databaseURL]():    "postgres://koppel:" + secret + "@db.example:port/koppel",
	reflect.TypeFor[entityID]():       "urn:etoegang:DV:" + secret + ":entities:0001",
	reflect.TypeFor[filePath]():       "/nowhere/at/all",
	reflect.TypeFor[truth]():          "yes, " + secret,
	reflect.TypeFor[hostPort]():       secret,
	reflect.TypeFor[keys.Handover]():  "h1:" + secret,
	reflect.TypeFor[keyPairs]():       secret,
	reflect.TypeFor[keys.Lookup]():    secret,
	reflect.TypeFor[keys.Receiver]():  keys.Generate() + secret + ":h1",
	reflect.TypeFor[keys.Ring]():      keys.Generate() + secret + ":p1",
	reflect.TypeFor[line]():           "two\nlines, " + secret,
	reflect.TypeFor[listenAddress]():  "localhost:" + secret,
	reflect.TypeFor[mail.TLSPolicy](): secret,
	reflect.TypeFor[mailAddress]():    secret + " <helpdesk@example.nl>",
	reflect.TypeFor[mailbox]():        secret,
	reflect.TypeFor[metadata]():       "<" + secret + "/>",
	reflect.TypeFor[pemText]():        secret,
	reflect.TypeFor[phone]():          "hunter",
	reflect.TypeFor[privateKey]():     secret,
	reflect.TypeFor[publicURL]():      "http://" + secret + ".example",
	reflect.TypeFor[httpURL]():        secret,
	reflect.TypeFor[serviceID]():      "urn:etoegang:DV:" + secret + ":services:0001",
	reflect.TypeFor[sharedSecret]():   secret,
	reflect.TypeFor[target]():         secret,
	reflect.TypeFor[uuid]():           secret,
	reflect.TypeFor[web.Suppliers]():  "urn:etoegang:AD:00000001234567890000:entities:0001=" + secret + ";" + secret,
	reflect.TypeFor[web.Proxies]():    "10.0.0.0/8, " + secret,
	reflect.TypeFor[word]():           "two words, " + secret,
}

// start runs the program with an environment and returns why it stopped.
func start(t *testing.T, command string, environment map[string]string) string {
	t.Helper()
	os.Clearenv()
	for name, value := range environment {
		t.Setenv(name, value)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // a start that nothing stops ends at once
	root := rootCommand(slog.New(slog.DiscardHandler))
	arguments := map[string][]string{"import": {"import", "boards", samples + "besturen.csv"}, "audit": {"audit", "verify"},
		"agent": {"agent", "list"}, "helpdesk": {"helpdesk", "show", "K3TF-9M2Q"}, "deploy": {"deploy", "show"}, "ops": {"ops", "failing"}}
	root.SetArgs(arguments[command])
	if arguments[command] == nil {
		root.SetArgs([]string{command})
	}
	root.SetOut(io.Discard)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestEverySettingLeftOutOrWrongStopsTheStartWithItsName(t *testing.T) {
	for _, command := range readers() {
		for field := range fieldsOf(command) {
			name := field.Tag.Get("env")
			environment := complete(t)
			delete(environment, name)
			isNeeded := field.Tag.Get("optional") == "" && field.Tag.Get("envDefault") == ""
			stopped := start(t, command, environment)
			if named := strings.Contains(stopped, name+" is missing: set it, or "+name+"_FILE"); named != isNeeded {
				t.Errorf("%s without %s: %s", command, name, stopped)
			}
			bad, known := wrong[field.Type]
			if !known || accepted[field.Type] == "" {
				t.Errorf("%s has the kind %s: nothing says what will do, or what will not", name, field.Type)
			}
			environment[name] = bad
			if stopped = start(t, command, environment); !strings.Contains(stopped, "\n"+name+": ") {
				t.Errorf("%s with a wrong %s: %s", command, name, stopped)
			}
			isTold := field.Tag.Get("secret") != "" && strings.Contains(stopped, secret)
			if isTold || strings.Count(stopped, "\n") != 1 {
				t.Errorf("%s with a wrong %s tells its value, or more than one line: %s", command, name, stopped)
			}
		}
	}
}

func TestEveryCommandAcceptsTheExamples(t *testing.T) {
	for _, command := range append(readers(), "") {
		s, err := readSettings(command, list(complete(t)))
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		if command == "web" && (s.Listen != "localhost:8080" || s.EHerkenningKey.PrivateKey == nil || s.RecordKeys.ActiveID() != "r1") {
			t.Errorf("settings of web were not read: %s", s.Listen)
		}
	}
}

func TestACommandReadsItsOwnSettingsOnly(t *testing.T) {
	environment := complete(t)
	environment["KOPPEL_SMTP_ADDRESS"] = "nowhere"
	s, err := readSettings("web", list(environment))
	if err != nil || s.HandoverKeys.IDs() != nil {
		t.Errorf("web reads what is the worker's: %v, %v", err, s.HandoverKeys.IDs())
	}
}

func TestAllFaultsAreReportedTogetherInOrder(t *testing.T) {
	environment := complete(t)
	environment["KOPPEL_LOOKUP_KEY"] = "c2VjcmV0"
	environment["KOPPEL_RECORD_KEYS_FILE"] = "/nowhere"
	delete(environment, "KOPPEL_RECORD_KEYS")
	delete(environment, "KOPPEL_DATABASE_URL")
	environment["KOPPEL_EHERKENNING_CERTIFICATE"] = pairs()[1].certificate
	environment["KOPPEL_HELPDESK_PHONE_FILE"] = "/dev/null"
	environment["TEMPORAL_TLS_CLIENT_CERT_PATH"] = "/nowhere"
	_, err := readSettings("web", list(environment))
	if err == nil {
		t.Fatal("all is well")
	}
	names := []string{"KOPPEL_DATABASE_URL", "KOPPEL_HELPDESK_PHONE", "KOPPEL_LOOKUP_KEY", "KOPPEL_RECORD_KEYS_FILE",
		"TEMPORAL_TLS_CLIENT_CERT_PATH", "KOPPEL_EHERKENNING_CERTIFICATE"}
	lines := strings.Split(err.Error(), "\n")[1:]
	if len(lines) != len(names) {
		t.Fatalf("%d faults, want %d: %v", len(lines), len(names), err)
	}
	for i, name := range names {
		if !strings.HasPrefix(lines[i], name) {
			t.Errorf("line %d: want %s, got %s", i, name, lines[i])
		}
	}
}

func TestSettingsThatDoNotFitTogetherAreNamed(t *testing.T) {
	_, otherPublic, err := keys.GenerateHandover("h1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		command string
		given   map[string]string
		names   string
	}{
		{"worker", map[string]string{"KOPPEL_SMTP_USERNAME": "koppel"}, "KOPPEL_SMTP_PASSWORD is missing: KOPPEL_SMTP_USERNAME"},
		{"worker", map[string]string{"KOPPEL_SMTP_PASSWORD": secret}, "KOPPEL_SMTP_USERNAME is missing: KOPPEL_SMTP_PASSWORD"},
		{"worker", map[string]string{"KOPPEL_SMTP_USERNAME": "koppel", "KOPPEL_SMTP_PASSWORD": secret, "KOPPEL_SMTP_TLS": "opportunistic"},
			"KOPPEL_SMTP_TLS must be mandatory where KOPPEL_SMTP_USERNAME"},
		{"web", map[string]string{"KOPPEL_EHERKENNING_CERTIFICATE": pairs()[1].certificate},
			"KOPPEL_EHERKENNING_CERTIFICATE does not belong to KOPPEL_EHERKENNING_KEY"},
		{"web", map[string]string{"KOPPEL_EHERKENNING_METADATA_SIGNERS": pairs()[1].signer},
			"KOPPEL_EHERKENNING_BROKER_METADATA, KOPPEL_EHERKENNING_METADATA_SIGNERS: signature: not by the certificate"},
		{"web", map[string]string{"KOPPEL_EHERKENNING_DECRYPTION_KEYS": pairs()[0].key + pairs()[1].certificate},
			"KOPPEL_EHERKENNING_DECRYPTION_KEYS: certificate 1 does not belong to the key before it"},
		{"", map[string]string{"KOPPEL_HANDOVER_PUBLIC_KEY": otherPublic}, "KOPPEL_HANDOVER_PUBLIC_KEY is not the public half"},
		{"web", map[string]string{"TEMPORAL_API_KEY": secret, "TEMPORAL_TLS": "False"}, "TEMPORAL_TLS must not be false where TEMPORAL_API_KEY"},
		{"web", map[string]string{"TEMPORAL_PROFILE": "cloud"}, "TEMPORAL_CONFIG_FILE or TEMPORAL_PROFILE: "},
		{"web", map[string]string{"TEMPORAL_TLS_CLIENT_CERT_DATA": pairs()[0].certificate}, "TEMPORAL_TLS_CLIENT_CERT_DATA: "},
		{"web", map[string]string{"KOPPEL_LOOKUP_KEY_FILE": "/dev/null"}, "KOPPEL_LOOKUP_KEY and KOPPEL_LOOKUP_KEY_FILE are both set"},
	} {
		environment := complete(t)
		for name, value := range c.given {
			environment[name] = value
		}
		if _, err := readSettings(c.command, list(environment)); err == nil || !strings.Contains(err.Error(), "\n"+c.names) ||
			strings.Count(err.Error(), "\n") != 1 || strings.Contains(err.Error(), secret) {
			t.Errorf("want %s, got %v", c.names, err)
		}
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
