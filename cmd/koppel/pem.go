package main

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// privateKey is an RSA key as a setting: PEM, PKCS #8 or PKCS #1.
type privateKey struct{ *rsa.PrivateKey }

// minimumKeyBits is what package eherkenning asks for too.
const minimumKeyBits = 2048

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *privateKey) UnmarshalText(text []byte) error {
	block, _ := pem.Decode(text)
	if block == nil {
		return errors.New("is not PEM")
	}
	key, err := parseRSA(block.Bytes)
	if err != nil {
		return err
	}
	if bits := key.N.BitLen(); bits < minimumKeyBits {
		return fmt.Errorf("has %d bits", bits)
	}
	k.PrivateKey = key
	return nil
}

func parseRSA(der []byte) (*rsa.PrivateKey, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("is not a private key in PKCS #8 or PKCS #1")
	}
	key, isRSA := parsed.(*rsa.PrivateKey)
	if !isRSA {
		return nil, errors.New("is not an RSA key")
	}
	return key, nil
}

// certificate is an X.509 certificate as a setting: PEM.
type certificate struct{ *x509.Certificate }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *certificate) UnmarshalText(text []byte) error {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return errors.New("is not a certificate in PEM")
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return errors.New("is not an X.509 certificate")
	}
	c.Certificate = parsed
	return nil
}
