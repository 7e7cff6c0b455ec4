package brokertest

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

const (
	keyBits = 2048 // the least that the scheme allows
	keyLife = 5 * 365 * 24 * time.Hour
)

// Key is an RSA key with the certificate that publishes it.
type Key struct {
	Private     *rsa.PrivateKey
	Certificate *x509.Certificate
}

// NewKey makes a key with a self-signed certificate, valid from an hour before now.
func NewKey(name string, now time.Time) (Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Testmakelaar"}},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(keyLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return Key{}, fmt.Errorf("make certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		return Key{}, fmt.Errorf("read certificate: %w", err)
	}
	return Key{Private: private, Certificate: certificate}, nil
}

// newKeys makes the pair that a broker publishes while it replaces its certificate.
func newKeys(now time.Time) ([]Key, error) {
	present, err := NewKey("broker 1", now)
	if err != nil {
		return nil, err
	}
	next, err := NewKey("broker 2", now)
	return []Key{present, next}, err
}

// Name is the KeyName in messages and metadata: the SHA-256 of the certificate in hex, as brokers write it.
func (k Key) Name() string { return keyName(k.Certificate) }

func keyName(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
}

// PEM writes the key (PKCS #8) followed by its certificate.
func (k Key) PEM() ([]byte, error) {
	private, err := x509.MarshalPKCS8PrivateKey(k.Private)
	if err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	var out bytes.Buffer
	out.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate.Raw}))
	return out.Bytes(), nil
}

// ParseKey reads what PEM wrote.
func ParseKey(text []byte) (Key, error) {
	keyBlock, rest := pem.Decode(text)
	certificateBlock, _ := pem.Decode(rest)
	if keyBlock == nil || certificateBlock == nil {
		return Key{}, errors.New("read key: want a private key and a certificate in PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	private, isRSA := parsed.(*rsa.PrivateKey)
	if !isRSA {
		return Key{}, errors.New("read key: not an RSA key")
	}
	certificate, err := x509.ParseCertificate(certificateBlock.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("read certificate: %w", err)
	}
	return Key{Private: private, Certificate: certificate}, nil
}
