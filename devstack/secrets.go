package devstack

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"koppel/keys"
)

// Names of the files in the folder of secrets.
const (
	lookupKey      = "lookup.key"
	pinKeys        = "pin.keys"
	recordKeys     = "record.keys"
	handoverKeys   = "handover.keys"
	handoverPublic = "handover.public"
	samlKey        = "eherkenning.key.pem"
	samlCert       = "eherkenning.certificate.pem"
)

// MakeSecrets fills dir with the keys that koppel wants, unless they stand there. Kept data can only be read with the
// keys of the first start. It returns the certificate that the broker has to know.
func MakeSecrets(dir string) (*x509.Certificate, error) {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		// Beside and renamed, so that an interrupted start is redone as a whole.
		fresh := dir + ".new"
		if err := errors.Join(os.RemoveAll(fresh), os.MkdirAll(fresh, 0o700)); err != nil {
			return nil, err
		}
		if err := writeSecrets(fresh); err != nil {
			return nil, fmt.Errorf("make secrets: %w", err)
		}
		if err := os.Rename(fresh, dir); err != nil {
			return nil, err
		}
	}
	content, err := os.ReadFile(filepath.Join(dir, samlCert))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s is not PEM", samlCert)
	}
	return x509.ParseCertificate(block.Bytes)
}

func writeSecrets(dir string) error {
	private, public, err := keys.GenerateHandover("dev")
	if err != nil {
		return err
	}
	key, certificate, err := selfSigned()
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		lookupKey:      keys.Generate(),
		pinKeys:        "dev:" + keys.Generate(),
		recordKeys:     "dev:" + keys.Generate(),
		handoverKeys:   private,
		handoverPublic: public,
		samlKey:        key,
		samlCert:       certificate,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// selfSigned makes the service provider's key and certificate as PEM.
func selfSigned() (key, certificate string, err error) {
	private, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return "", "", err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "koppel development"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(10, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return "", "", err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", err
	}
	block := func(kind string, bytes []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
	}
	return block("PRIVATE KEY", encoded), block("CERTIFICATE", der), nil
}
