package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"koppel/keys"
	"koppel/mail"
	"koppel/web"
)

// settings is all that koppel reads from its environment. Every one can also be given as a file: NAME_FILE holds the
// path. The tag `for` names the commands that cannot do without it. Temporal's own settings (TEMPORAL_ADDRESS,
// TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS…) are those of its SDK.
type settings struct {
	// DatabaseURL is the Postgres database: postgres://user:password@host:5432/koppel?sslmode=verify-full
	DatabaseURL string `env:"KOPPEL_DATABASE_URL" for:"web worker migrate import"`

	// Listen is where web listens: host:port.
	Listen string `env:"KOPPEL_LISTEN" envDefault:"localhost:8080"`
	// PublicURL is how browsers reach web: https://mijnhelpdeskpo.example, without a path.
	PublicURL string `env:"KOPPEL_PUBLIC_URL" for:"web"`
	// TrustedProxies are the networks of the proxies before web: 10.0.0.0/8,fd00::/8. Only their X-Forwarded-For counts.
	TrustedProxies web.Proxies `env:"KOPPEL_TRUSTED_PROXIES"`

	// WorkerListen is where the worker answers /healthz and /readyz: host:port. Nothing else is there.
	WorkerListen string `env:"KOPPEL_WORKER_LISTEN" envDefault:"localhost:8081"`

	// SMTPAddress is the mail server: host:port.
	SMTPAddress string `env:"KOPPEL_SMTP_ADDRESS" for:"worker"`
	// SMTPTLS says when the connection to it is encrypted: none, opportunistic or mandatory.
	SMTPTLS mail.TLSPolicy `env:"KOPPEL_SMTP_TLS" envDefault:"mandatory"`
	// SMTPUsername and SMTPPassword log in at the mail server, where it asks for that.
	SMTPUsername string `env:"KOPPEL_SMTP_USERNAME"`
	SMTPPassword string `env:"KOPPEL_SMTP_PASSWORD"`
	// MailFrom is the sender of all mails: MijnHelpdeskPO <noreply@example.nl>
	MailFrom string `env:"KOPPEL_MAIL_FROM" for:"web worker"`

	// HelpdeskMail and HelpdeskPhone stand on every page and in every mail.
	HelpdeskMail  string `env:"KOPPEL_HELPDESK_MAIL" for:"web worker"`
	HelpdeskPhone string `env:"KOPPEL_HELPDESK_PHONE" for:"web worker"`

	// LookupKey makes identity hashes and workflow ids: base64 of 32 bytes. It is never changed.
	LookupKey keys.Lookup `env:"KOPPEL_LOOKUP_KEY" for:"web worker"`
	// PINKeys derive PINs: id:base64, several separated by commas, the active one first.
	PINKeys keys.Ring `env:"KOPPEL_PIN_KEYS" for:"worker"`
	// RecordKeys seal addresses and pseudonyms in the database: as PINKeys.
	RecordKeys keys.Ring `env:"KOPPEL_RECORD_KEYS" for:"web worker"`
	// HandoverKeys open what web seals for the worker: id:base64 of X25519 private keys, the active one first.
	HandoverKeys keys.Receiver `env:"KOPPEL_HANDOVER_KEYS" for:"worker"`
	// HandoverPublicKey is the public half of the active one.
	HandoverPublicKey keys.Handover `env:"KOPPEL_HANDOVER_PUBLIC_KEY" for:"web"`

	// EHerkenningEntityID is ours: urn:etoegang:DV:<OIN>:entities:<index>
	EHerkenningEntityID string `env:"KOPPEL_EHERKENNING_ENTITY_ID" for:"web"`
	// EHerkenningServiceID is the service's: urn:etoegang:DV:<OIN>:services:<index>
	EHerkenningServiceID string `env:"KOPPEL_EHERKENNING_SERVICE_ID" for:"web"`
	// EHerkenningServiceUUID is the service's in the catalogue.
	EHerkenningServiceUUID string `env:"KOPPEL_EHERKENNING_SERVICE_UUID" for:"web"`
	// EHerkenningKey and EHerkenningCertificate sign our messages and open what is encrypted for us: PEM.
	EHerkenningKey         privateKey  `env:"KOPPEL_EHERKENNING_KEY" for:"web"`
	EHerkenningCertificate certificate `env:"KOPPEL_EHERKENNING_CERTIFICATE" for:"web"`
	// EHerkenningBrokerMetadata is the SAML metadata of the broker.
	EHerkenningBrokerMetadata string `env:"KOPPEL_EHERKENNING_BROKER_METADATA" for:"web"`

	// BuildID switches worker versioning on; the version must then be made current.
	BuildID string `env:"BUILD_ID"`
}

// readSettings reads what command needs. All faults are reported together, each with the name of its setting.
func readSettings(command string, environ []string) (settings, error) {
	var s settings
	environment, faults := withFiles(env.ToMap(environ))
	if err := env.ParseWithOptions(&s, env.Options{Environment: environment}); err != nil {
		faults = append(faults, named(err)...)
	}
	for field := range fields() {
		needed := slices.Contains(strings.Fields(field.Tag.Get("for")), command)
		if name := field.Tag.Get("env"); needed && environment[name] == "" && field.Tag.Get("envDefault") == "" {
			faults = append(faults, fmt.Errorf("%s (or %s_FILE): missing", name, name))
		}
	}
	return s, errors.Join(faults...)
}

// withFiles fills each setting that is given as a file. The names of the files go, their contents stay.
func withFiles(environment map[string]string) (map[string]string, []error) {
	var faults []error
	for field := range fields() {
		name := field.Tag.Get("env")
		path := environment[name+"_FILE"]
		if path == "" {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s_FILE: %w", name, err))
			continue
		}
		environment[name] = strings.TrimSpace(string(content))
	}
	return environment, faults
}

// named puts the name of the setting before each fault. What was given is not repeated: it may be a secret.
func named(err error) (faults []error) {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []error{err}
	}
	for _, each := range all.Errors {
		var parse env.ParseError
		if !errors.As(each, &parse) {
			faults = append(faults, each)
			continue
		}
		for field := range fields() {
			if field.Name == parse.Name {
				faults = append(faults, fmt.Errorf("%s: %w", field.Tag.Get("env"), parse.Err))
			}
		}
	}
	return faults
}

func fields() func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, field := range reflect.VisibleFields(reflect.TypeFor[settings]()) {
			if !yield(field) {
				return
			}
		}
	}
}
