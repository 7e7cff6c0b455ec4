package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"koppel/eherkenning"
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

// keyPairs are RSA keys as a setting, each followed by its certificate: PEM.
type keyPairs []eherkenning.KeyPair

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *keyPairs) UnmarshalText(text []byte) error {
	var pairs keyPairs
	for len(bytes.TrimSpace(text)) > 0 {
		var key privateKey
		var own certificate
		if err := key.UnmarshalText(text); err != nil {
			return fmt.Errorf("key %d %w", len(pairs)+1, err)
		}
		_, text = pem.Decode(text)
		if err := own.UnmarshalText(text); err != nil {
			return fmt.Errorf("certificate %d %w", len(pairs)+1, err)
		}
		_, text = pem.Decode(text)
		if !key.PublicKey.Equal(own.PublicKey) {
			return fmt.Errorf("certificate %d does not belong to the key before it", len(pairs)+1)
		}
		pairs = append(pairs, eherkenning.KeyPair{Private: key.PrivateKey, Certificate: own.Certificate})
	}
	*p = pairs
	return nil
}

// certificates are X.509 certificates as a setting: PEM.
type certificates []*x509.Certificate

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *certificates) UnmarshalText(text []byte) error {
	var all certificates
	for len(bytes.TrimSpace(text)) > 0 {
		var one certificate
		if err := one.UnmarshalText(text); err != nil {
			return fmt.Errorf("certificate %d %w", len(all)+1, err)
		}
		_, text = pem.Decode(text)
		all = append(all, one.Certificate)
	}
	*c = all
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
