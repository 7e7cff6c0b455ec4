// Package federation is what koppel and the test broker know about each other: names, keys, metadata. It makes them once
// and keeps them, so that both sides recognise each other after a restart. It serves nothing.
package federation

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"koppel/eherkenning/brokertest"
	"koppel/keys/keyfiles"
)

// What the broker has on file about koppel; the settings of koppel say the same. The OIN is made up.
const (
	EntityID    = "urn:etoegang:DV:00000003999999990000:entities:0001"
	ServiceID   = "urn:etoegang:DV:00000003999999990000:services:0001"
	ServiceUUID = "5bd7e0f7-28e2-4b0c-9a0b-2f0f1a6f6b61"
)

// acsPath is the path of koppel's web at which artifacts arrive.
const acsPath = "/eherkenning/acs"

// Options describe both sides.
type Options struct {
	WebURL     string                   // koppel's start page, without a slash at the end
	BrokerURL  string                   // where browsers find the broker, without a slash at the end
	ResolveURL string                   // where koppel resolves artifacts; empty: BrokerURL + "/ars"
	Secrets    string                   // folder for koppel's keys and, in that of web, the broker's metadata
	BrokerKey  string                   // file for the broker's key; its next one stands beside it, with .next after the name
	Personas   []brokertest.Persona     // who can log in; nil: the default people
	Change     func(*brokertest.Answer) // last word on each answer; nil: none
}

// Broker returns the broker, having made what was missing and written its metadata among koppel's secrets.
func Broker(options Options) (*brokertest.Broker, error) {
	if err := makeSecrets(options.Secrets); err != nil {
		return nil, err
	}
	certificate, err := readCertificate(filepath.Join(options.Secrets, keyfiles.Web, Certificate))
	if err != nil {
		return nil, err
	}
	encryption, err := readCertificate(filepath.Join(options.Secrets, keyfiles.Web, DecryptionKeys))
	if err != nil {
		return nil, err
	}
	var keys []brokertest.Key
	for _, file := range []string{options.BrokerKey, options.BrokerKey + ".next"} {
		key, err := brokerKey(file)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	broker, err := brokertest.New(brokertest.Options{
		BaseURL: options.BrokerURL, ResolveURL: options.ResolveURL, Keys: keys, Personas: options.Personas, Change: options.Change,
		ServiceProvider: brokertest.ServiceProvider{
			EntityID: EntityID, ServiceID: ServiceID, ServiceUUID: ServiceUUID,
			ACSURL: options.WebURL + acsPath, Certificate: certificate, Encryption: encryption,
		},
	})
	if err != nil {
		return nil, err
	}
	return broker, publish(filepath.Join(options.Secrets, keyfiles.Web), broker)
}

// publish writes what koppel has to know of the broker.
func publish(dir string, broker *brokertest.Broker) error {
	var signers []byte
	for _, certificate := range broker.Certificates() {
		signers = append(signers, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})...)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, MetadataSigners), signers, 0o644),
		os.WriteFile(filepath.Join(dir, BrokerMetadata), broker.Metadata(), 0o644))
}

func readCertificate(file string) (*x509.Certificate, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			return x509.ParseCertificate(block.Bytes)
		}
	}
	return nil, fmt.Errorf("%s holds no certificate in PEM", file)
}

// brokerKey reads the file, or makes a key and writes it there.
func brokerKey(file string) (brokertest.Key, error) {
	content, err := os.ReadFile(file)
	if err == nil {
		return brokertest.ParseKey(content)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return brokertest.Key{}, err
	}
	key, err := brokertest.NewKey("broker", time.Now())
	if err != nil {
		return key, err
	}
	if content, err = key.PEM(); err != nil {
		return key, err
	}
	return key, os.WriteFile(file, content, 0o600)
}
