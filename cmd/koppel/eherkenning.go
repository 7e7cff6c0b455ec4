package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"os"
	"time"

	"koppel/eherkenning"
	"koppel/onboarding"
)

// eherkenningSettings are those of our side; the broker's come on top.
func (s settings) eherkenningSettings() eherkenning.Settings {
	return eherkenning.Settings{
		EntityID: string(s.EHerkenningEntityID), ServiceID: string(s.EHerkenningServiceID),
		ServiceUUID: string(s.EHerkenningServiceUUID), ACSURL: string(s.PublicURL) + "/eherkenning/acs",
		Signing:    eherkenning.KeyPair{Private: s.EHerkenningKey.PrivateKey, Certificate: s.EHerkenningCertificate.Certificate},
		Decryption: s.EHerkenningDecryptionKeys, MinimumLevel: onboarding.MinimumLevel, Now: time.Now,
	}
}

func (s settings) serviceProvider() (*eherkenning.ServiceProvider, error) {
	complete := s.eherkenningSettings()
	complete.BrokerMetadata = []byte(s.EHerkenningBrokerMetadata)
	complete.MetadataSigners = s.EHerkenningMetadataSigners
	complete.HTTPClient = s.backChannel()
	return eherkenning.New(complete)
}

// backChannel is a client for the broker, with our certificate where we have one for it.
func (s settings) backChannel() *http.Client {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	for _, pair := range s.EHerkenningTLSKeys {
		config.Certificates = append(config.Certificates,
			tls.Certificate{Certificate: [][]byte{pair.Certificate.Raw}, PrivateKey: pair.Private})
	}
	if len(s.EHerkenningTLSAuthorities) > 0 {
		config.RootCAs = x509.NewCertPool()
		for _, authority := range s.EHerkenningTLSAuthorities {
			config.RootCAs.AddCert(authority)
		}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	return &http.Client{Transport: transport}
}

const (
	metadataInterval = time.Minute
	expiryInterval   = 24 * time.Hour
)

// watchBroker reads the broker's metadata again when its file changes, and warns of what is about to expire.
func (s settings) watchBroker(ctx context.Context, sp *eherkenning.ServiceProvider, log *slog.Logger) {
	metadata, expiries := time.NewTicker(metadataInterval), time.NewTicker(expiryInterval)
	defer metadata.Stop()
	defer expiries.Stop()
	file := metadataFile{path: s.brokerMetadataFile, content: []byte(s.EHerkenningBrokerMetadata)}
	warnOfExpiries(ctx, sp, log)
	for {
		select {
		case <-ctx.Done():
			return
		case <-expiries.C:
			warnOfExpiries(ctx, sp, log)
		case <-metadata.C:
			file.readAgain(ctx, sp, log)
		}
	}
}

// metadataFile is where the broker's metadata stands, and what stood there when it was last read.
type metadataFile struct {
	path    string // empty: it was not given as a file
	content []byte
}

func (f *metadataFile) readAgain(ctx context.Context, sp *eherkenning.ServiceProvider, log *slog.Logger) {
	if f.path == "" {
		return
	}
	content, err := os.ReadFile(f.path)
	if content = bytes.TrimSpace(content); err == nil && bytes.Equal(content, f.content) {
		return
	}
	if err == nil {
		f.content = content
		err = sp.SetBrokerMetadata(content)
	}
	if err != nil {
		log.ErrorContext(ctx, "broker metadata not read: the one before stays", "settings", brokerMetadata, "cause", err)
		return
	}
	log.InfoContext(ctx, "broker metadata read again", "settings", brokerMetadata)
	warnOfExpiries(ctx, sp, log)
}

func warnOfExpiries(ctx context.Context, sp *eherkenning.ServiceProvider, log *slog.Logger) {
	for _, expiry := range sp.Expiries() {
		if time.Until(expiry.At) < eherkenning.ExpiryWarning {
			log.WarnContext(ctx, "expires soon", "part", expiry.What, "until", expiry.At)
		}
	}
}
