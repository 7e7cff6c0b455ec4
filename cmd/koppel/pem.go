package main

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
)

// privateKey is an RSA key as a setting: PEM, PKCS #8 or PKCS #1.
type privateKey struct{ *rsa.PrivateKey }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *privateKey) UnmarshalText(text []byte) error {
	block, _ := pem.Decode(text)
	if block == nil {
		return errors.New("not PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		k.PrivateKey = key
		return nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return errors.New("not an RSA private key in PKCS #8 or PKCS #1")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return errors.New("not an RSA key")
	}
	k.PrivateKey = key
	return nil
}

// certificate is an X.509 certificate as a setting: PEM.
type certificate struct{ *x509.Certificate }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *certificate) UnmarshalText(text []byte) error {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return errors.New("not a certificate in PEM")
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return errors.New("not an X.509 certificate")
	}
	c.Certificate = parsed
	return nil
}
