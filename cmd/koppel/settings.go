package main

import (
	"go.temporal.io/sdk/client"

	"koppel/keys"
	"koppel/mail"
	"koppel/web"
)

//go:generate go test . -run TestSettingsPageIsUpToDate -update

// settings is all that koppel reads from its environment. docs/settings.md is made from it: a comment is what the table
// says of the setting, its type says which values will do (accepted), and the tags say
//
//	env         its name; NAME_FILE may hold the path of a file instead
//	for         the commands that read it, and cannot start without it
//	envDefault  what it is when it is not given
//	optional    that it need not be given
//	example     a value that will do
//	secret      that its value is never shown
type settings struct {
	// The Postgres database.
	DatabaseURL databaseURL `env:"KOPPEL_DATABASE_URL" for:"web worker migrate import bounce audit agent helpdesk ops" secret:"yes" example:"postgres://koppel:password@db.example:5432/koppel?sslmode=verify-full"`

	// Says which agent you are: `koppel agent add` made it. Each agent has one, and keeps it like a password.
	AgentToken agentToken `env:"KOPPEL_AGENT_TOKEN" for:"helpdesk ops" secret:"yes"`

	// Where Temporal UI is, for the links that `koppel helpdesk` prints; without it none are printed.
	TemporalUI httpURL `env:"KOPPEL_TEMPORAL_UI" for:"helpdesk ops" optional:"yes" example:"https://temporal.example.nl"`

	// Where web listens.
	Listen listenAddress `env:"KOPPEL_LISTEN" for:"web" envDefault:"localhost:8080"`
	// How browsers reach web; links in mails begin with it.
	PublicURL publicURL `env:"KOPPEL_PUBLIC_URL" for:"web worker metadata helpdesk" example:"https://mijnhelpdeskpo.example"`
	// The networks of the proxies before web. Only their `X-Forwarded-For` counts.
	TrustedProxies web.Proxies `env:"KOPPEL_TRUSTED_PROXIES" for:"web" optional:"yes" example:"10.0.0.0/8,fd00::/8"`

	// Where the worker answers `/healthz` and `/readyz`, and nothing else.
	WorkerListen listenAddress `env:"KOPPEL_WORKER_LISTEN" for:"worker" envDefault:"localhost:8081"`

	// Where `/metrics` answers Prometheus; without it nowhere. Keep it off the internet.
	MetricsListen listenAddress `env:"KOPPEL_METRICS_LISTEN" for:"web worker" optional:"yes" example:"localhost:9090"`
	// Where traces are sent (OTLP over HTTP); without it none are made.
	TracesURL httpURL `env:"KOPPEL_TRACES_URL" for:"web worker" optional:"yes" example:"http://otel-collector:4318"`

	// The mail server.
	SMTPAddress hostPort `env:"KOPPEL_SMTP_ADDRESS" for:"worker" example:"smtp.example.nl:587"`
	// When the connection to it is encrypted, by STARTTLS.
	SMTPTLS mail.TLSPolicy `env:"KOPPEL_SMTP_TLS" for:"worker" envDefault:"mandatory"`
	// Logs in at the mail server, where it asks for that; needs `KOPPEL_SMTP_PASSWORD`, and `KOPPEL_SMTP_TLS` mandatory.
	SMTPUsername line `env:"KOPPEL_SMTP_USERNAME" for:"worker" optional:"yes" example:"koppel"`
	// Goes with the username.
	SMTPPassword line `env:"KOPPEL_SMTP_PASSWORD" for:"worker" optional:"yes" secret:"yes"`
	// Sender of all mails.
	MailFrom mailbox `env:"KOPPEL_MAIL_FROM" for:"web worker" example:"MijnHelpdeskPO <noreply@example.nl>"`

	// Where mails that can't be delivered come back to. Each mail gets an address of its own: `bounce+…@example.nl`.
	BounceAddress mailAddress `env:"KOPPEL_BOUNCE_ADDRESS" for:"worker" optional:"yes" example:"bounce@example.nl"`
	// Lets a mail server report, at `/mail/bounce`, that a mail came back; without it nobody can.
	BounceSecret sharedSecret `env:"KOPPEL_BOUNCE_SECRET" for:"web" optional:"yes" secret:"yes"`

	// The helpdesk's mail address, on every page and in every mail.
	HelpdeskMail mailAddress `env:"KOPPEL_HELPDESK_MAIL" for:"web worker metadata helpdesk" example:"helpdesk@example.nl"`
	// The helpdesk's telephone number, likewise.
	HelpdeskPhone phone `env:"KOPPEL_HELPDESK_PHONE" for:"web worker metadata helpdesk" example:"0800 0000"`

	// Makes hashes of identities and workflow ids. It is never changed: with another one nobody is known any more.
	LookupKey keys.Lookup `env:"KOPPEL_LOOKUP_KEY" for:"web worker" secret:"yes"`
	// Derive PINs.
	PINKeys keys.Ring `env:"KOPPEL_PIN_KEYS" for:"worker" secret:"yes"`
	// Seal addresses and pseudonyms in the database.
	RecordKeys keys.Ring `env:"KOPPEL_RECORD_KEYS" for:"web worker" secret:"yes"`
	// Open what web sealed for the worker.
	HandoverKeys keys.Receiver `env:"KOPPEL_HANDOVER_KEYS" for:"worker" secret:"yes"`
	// Seals for the worker: the public half of its active key.
	HandoverPublicKey keys.Handover `env:"KOPPEL_HANDOVER_PUBLIC_KEY" for:"web helpdesk"`

	// Our own name in eHerkenning.
	EHerkenningEntityID entityID `env:"KOPPEL_EHERKENNING_ENTITY_ID" for:"web metadata" example:"urn:etoegang:DV:00000001234567890000:entities:0001"`
	// The service in eHerkenning.
	EHerkenningServiceID serviceID `env:"KOPPEL_EHERKENNING_SERVICE_ID" for:"web metadata" example:"urn:etoegang:DV:00000001234567890000:services:0001"`
	// The service in the catalogue of eHerkenning.
	EHerkenningServiceUUID uuid `env:"KOPPEL_EHERKENNING_SERVICE_UUID" for:"web metadata" example:"5bd7e0f7-28e2-4b0c-9a0b-2f0f1a6f6b61"`
	// What suppliers of eHerkenning are called, on the page about one's own link; others are shown by their EntityID.
	Suppliers web.Suppliers `env:"KOPPEL_SUPPLIERS" for:"web" optional:"yes" example:"urn:etoegang:AD:00000001234567890000:entities:0001=Leverancier"`
	// Signs our messages.
	EHerkenningKey privateKey `env:"KOPPEL_EHERKENNING_KEY" for:"web metadata" secret:"yes"`
	// Of that key, as the broker has it.
	EHerkenningCertificate certificate `env:"KOPPEL_EHERKENNING_CERTIFICATE" for:"web metadata"`
	// Open what is encrypted for us. The first is the one in our metadata; others serve while the broker changes over.
	EHerkenningDecryptionKeys keyPairs `env:"KOPPEL_EHERKENNING_DECRYPTION_KEYS" for:"web metadata" secret:"yes"`
	// Shows who we are to the broker's back channel, where it asks for a certificate (mutual TLS).
	EHerkenningTLSKeys keyPairs `env:"KOPPEL_EHERKENNING_TLS_KEYS" for:"web" optional:"yes" secret:"yes"`
	// Who signed the certificate of the broker's back channel, where the system does not know them.
	EHerkenningTLSAuthorities certificates `env:"KOPPEL_EHERKENNING_TLS_AUTHORITIES" for:"web" optional:"yes"`
	// Who may sign the broker's metadata.
	EHerkenningMetadataSigners certificates `env:"KOPPEL_EHERKENNING_METADATA_SIGNERS" for:"web"`
	// SAML metadata of the broker. Given as a file it is read again when the file changes.
	EHerkenningBrokerMetadata metadata `env:"KOPPEL_EHERKENNING_BROKER_METADATA" for:"web"`

	// Which build this worker is. It idles until `koppel deploy promote` gives it the work; without it there are no builds.
	BuildID word `env:"BUILD_ID" for:"worker deploy" optional:"yes" example:"v1.4.0"`

	brokerMetadataFile string // where it stands, when it is given as a file

	temporalSettings
}

// temporalSettings are those of Temporal's SDK (envconfig), which reads them itself. They stand here to be checked,
// shown and listed with the others.
type temporalSettings struct {
	// Temporal, or its gateway in the cloud. `koppel migrate` leaves Temporal alone when it is not given.
	TemporalAddress target `env:"TEMPORAL_ADDRESS" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"koppel.abc12.tmprl.cloud:7233"`
	// The namespace; `default` when it is not given.
	TemporalNamespace word `env:"TEMPORAL_NAMESPACE" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"koppel.abc12"`
	// Logs in at Temporal Cloud, and switches TLS on.
	TemporalAPIKey word `env:"TEMPORAL_API_KEY" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" secret:"yes"`
	// Whether to speak TLS; on by itself when a certificate or an API key is given.
	TemporalTLS truth `env:"TEMPORAL_TLS" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"true"`
	// Our certificate for mutual TLS, as a file.
	TemporalClientCertPath filePath `env:"TEMPORAL_TLS_CLIENT_CERT_PATH" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"/secrets/temporal.crt"`
	// The same, as its content.
	TemporalClientCertData pemText `env:"TEMPORAL_TLS_CLIENT_CERT_DATA" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes"`
	// The key of that certificate, as a file.
	TemporalClientKeyPath filePath `env:"TEMPORAL_TLS_CLIENT_KEY_PATH" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"/secrets/temporal.key"`
	// The same, as its content.
	TemporalClientKeyData pemText `env:"TEMPORAL_TLS_CLIENT_KEY_DATA" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" secret:"yes"`
	// Who signed Temporal's certificate, where the system does not know them, as a file.
	TemporalServerCAPath filePath `env:"TEMPORAL_TLS_SERVER_CA_CERT_PATH" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"/secrets/temporal-ca.crt"`
	// The same, as its content.
	TemporalServerCAData pemText `env:"TEMPORAL_TLS_SERVER_CA_CERT_DATA" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes"`
	// The name in Temporal's certificate, where that is not the host of the address.
	TemporalServerName word `env:"TEMPORAL_TLS_SERVER_NAME" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"temporal.example.nl"`
	// Accept any certificate of Temporal. For development.
	TemporalAnyHost truth `env:"TEMPORAL_TLS_DISABLE_HOST_VERIFICATION" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"false"`
	// The :authority of calls, where a proxy asks for one.
	TemporalAuthority word `env:"TEMPORAL_CLIENT_AUTHORITY" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"temporal.example.nl"`
	// A file with profiles, as Temporal's own tools have; variables win over it.
	TemporalConfigFile filePath `env:"TEMPORAL_CONFIG_FILE" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"/etc/koppel/temporal.toml"`
	// The profile in that file; `default` when it is not given.
	TemporalProfile word `env:"TEMPORAL_PROFILE" for:"web worker migrate bounce import helpdesk ops deploy" optional:"yes" example:"koppel"`

	TemporalClient client.Options // what the SDK makes of them
}
