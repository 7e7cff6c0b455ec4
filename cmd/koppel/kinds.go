package main

import (
	"encoding"
	"encoding/pem"
	"errors"
	"net"
	"net/mail"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"koppel/eherkenning"
	"koppel/helpdesk"
	"koppel/keys"
	letters "koppel/mail"
	"koppel/store"
	"koppel/web"
)

// Kinds of settings that are text. Each checks itself when it is read (UnmarshalText) and says what is wrong without
// repeating what was given, which may be a secret.
type (
	agentToken    string
	databaseURL   string
	entityID      string
	filePath      string
	truth         string
	hostPort      string
	httpURL       string
	line          string
	listenAddress string
	mailAddress   string
	mailbox       string
	metadata      string
	pemText       string
	phone         string
	publicURL     string
	serviceID     string
	sharedSecret  string
	target        string
	uuid          string
	word          string
)

// accepted says which values of a kind will do.
var accepted = map[reflect.Type]string{
	reflect.TypeFor[agentToken]():        "what `koppel agent add` printed",
	reflect.TypeFor[certificate]():       "a certificate in PEM",
	reflect.TypeFor[certificates]():      "one or more certificates in PEM",
	reflect.TypeFor[databaseURL]():       "postgres://user:password@host:port/database?sslmode=…",
	reflect.TypeFor[entityID]():          "urn:etoegang:DV:<OIN of 20 digits>:entities:<index>",
	reflect.TypeFor[filePath]():          "the path of a file that can be read",
	reflect.TypeFor[truth]():             "true or false",
	reflect.TypeFor[hostPort]():          "host:port",
	reflect.TypeFor[httpURL]():           "http://host[:port] or https://host[:port], with a path if wanted",
	reflect.TypeFor[keys.Handover]():     "id:base64 of an X25519 public key; `koppel keys new` makes it",
	reflect.TypeFor[keyPairs]():          "RSA private keys of 2048 bits or more, each followed by its certificate, in PEM",
	reflect.TypeFor[keys.Lookup]():       "base64 of 32 bytes; `koppel keys new` makes it",
	reflect.TypeFor[keys.Receiver]():     "id:base64 of X25519 private keys, separated by commas, the active one first; `koppel keys new` makes it",
	reflect.TypeFor[keys.Ring]():         "id:base64 of 32 bytes each, separated by commas, the active one first; `koppel keys new` makes it",
	reflect.TypeFor[letters.TLSPolicy](): "mandatory, opportunistic or none",
	reflect.TypeFor[line]():              "one line of text",
	reflect.TypeFor[listenAddress]():     "host:port, or :port for every address of this machine",
	reflect.TypeFor[mailAddress]():       "a mail address",
	reflect.TypeFor[mailbox]():           "a mail address, with a name before it if wanted",
	reflect.TypeFor[metadata]():          "SAML metadata, XML, of one broker",
	reflect.TypeFor[pemText]():           "PEM",
	reflect.TypeFor[phone]():             "a telephone number, as people write it",
	reflect.TypeFor[privateKey]():        "an RSA private key of 2048 bits or more, in PEM",
	reflect.TypeFor[publicURL]():         "https://host[:port], or http://localhost[:port]",
	reflect.TypeFor[serviceID]():         "urn:etoegang:DV:<OIN of 20 digits>:services:<index>",
	reflect.TypeFor[sharedSecret]():      "20 characters or more, without spaces",
	reflect.TypeFor[target]():            "host:port",
	reflect.TypeFor[uuid]():              "a UUID",
	reflect.TypeFor[web.Suppliers]():     "EntityID=name, separated by semicolons",
	reflect.TypeFor[web.Proxies]():       "networks, separated by commas",
	reflect.TypeFor[word]():              "text without spaces",
}

// The kinds that read themselves.
var _ = []encoding.TextUnmarshaler{
	new(agentToken), new(databaseURL), new(entityID), new(filePath), new(truth), new(hostPort), new(httpURL), new(line), new(listenAddress), new(mailAddress),
	new(mailbox), new(metadata), new(pemText), new(phone), new(publicURL), new(serviceID),
	new(sharedSecret), new(target), new(uuid), new(word),
}

func (v *agentToken) UnmarshalText(text []byte) error {
	if !helpdesk.IsToken(string(text)) {
		return errors.New("is no token of an agent")
	}
	return set(v, text, nil)
}

func (v *databaseURL) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return errors.New("is not a URL of Postgres; special characters in a password are written as %40 and the like")
	}
	if strings.Trim(u.Path, "/") == "" {
		return errors.New("names no database")
	}
	db, err := store.Open(string(text))
	if err != nil {
		return errors.New("has a parameter that Postgres does not know or cannot read")
	}
	return set(v, text, db.Close())
}

var entityPattern = regexp.MustCompile(`^urn:etoegang:DV:[0-9]{20}:entities:[0-9]+$`)

func (v *entityID) UnmarshalText(text []byte) error { return match(v, text, entityPattern) }

var servicePattern = regexp.MustCompile(`^urn:etoegang:DV:[0-9]{20}:services:[0-9]+$`)

func (v *serviceID) UnmarshalText(text []byte) error { return match(v, text, servicePattern) }

var uuidPattern = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (v *uuid) UnmarshalText(text []byte) error { return match(v, text, uuidPattern) }

func (v *filePath) UnmarshalText(text []byte) error {
	_, err := os.ReadFile(string(text))
	return set(v, text, err)
}

var truthPattern = regexp.MustCompile(`^(?i:true|false|1|0)$`)

func (v *truth) UnmarshalText(text []byte) error { return match(v, text, truthPattern) }

func (v *hostPort) UnmarshalText(text []byte) error {
	host, err := splitAddress(string(text))
	if err == nil && host == "" {
		err = errors.New("names no host")
	}
	return set(v, text, err)
}

func (v *listenAddress) UnmarshalText(text []byte) error {
	_, err := splitAddress(string(text))
	return set(v, text, err)
}

// target may also be a target of gRPC (dns:///…), which its client checks.
func (v *target) UnmarshalText(text []byte) error {
	if strings.Contains(string(text), ":///") {
		return set(v, text, nil)
	}
	return (*hostPort)(v).UnmarshalText(text)
}

func splitAddress(address string) (host string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", errors.New("is not host and port")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", errors.New("has no port from 1 to 65535")
	}
	return host, nil
}

func (v *line) UnmarshalText(text []byte) error {
	if strings.ContainsFunc(string(text), unicode.IsControl) {
		return errors.New("has a line end or another control character")
	}
	return set(v, text, nil)
}

func (v *word) UnmarshalText(text []byte) error {
	if strings.ContainsFunc(string(text), unicode.IsSpace) {
		return errors.New("has a space or a line end")
	}
	return set(v, text, nil)
}

func (v *sharedSecret) UnmarshalText(text []byte) error {
	if len(text) < web.MinBounceSecret {
		return errors.New("is too short")
	}
	return (*word)(v).UnmarshalText(text)
}

func (v *mailbox) UnmarshalText(text []byte) error {
	_, err := mail.ParseAddress(string(text))
	return set(v, text, err)
}

func (v *mailAddress) UnmarshalText(text []byte) error {
	parsed, err := mail.ParseAddress(string(text))
	if err == nil && parsed.Address != string(text) {
		err = errors.New("has more than an address")
	}
	return set(v, text, err)
}

func (v *metadata) UnmarshalText(text []byte) error {
	err := eherkenning.CheckMetadata(text, nil, time.Time{})
	if err != nil {
		err = errors.New(strings.ReplaceAll(err.Error(), "\n", "; ")) // one line for one setting
	}
	return set(v, text, err)
}

func (v *pemText) UnmarshalText(text []byte) error {
	if block, _ := pem.Decode(text); block == nil {
		return errors.New("is not PEM")
	}
	return set(v, text, nil)
}

func (v *phone) UnmarshalText(text []byte) error {
	if !strings.ContainsAny(string(text), "0123456789") {
		return errors.New("has no digit")
	}
	return (*line)(v).UnmarshalText(text)
}

func (v *httpURL) UnmarshalText(text []byte) error {
	parsed, err := url.Parse(string(text))
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return errors.New("is not a web address")
	}
	return set(v, text, nil)
}

func (v *publicURL) UnmarshalText(text []byte) error {
	_, err := web.ParsePublicURL(string(text))
	return set(v, text, err)
}

func match[T ~string](v *T, text []byte, pattern *regexp.Regexp) error {
	if !pattern.Match(text) {
		return errors.New("has another form")
	}
	return set(v, text, nil)
}

// set keeps text when err is nil.
func set[T ~string](v *T, text []byte, err error) error {
	if err == nil {
		*v = T(text)
	}
	return err
}
