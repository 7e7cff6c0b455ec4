package federation

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"koppel/keys"
)

// Files in the folder of koppel's secrets.
const (
	LookupKey      = "lookup.key"
	PINKeys        = "pin.keys"
	RecordKeys     = "record.keys"
	HandoverKeys   = "handover.keys"
	HandoverPublic = "handover.public"
	Key            = "eherkenning.key.pem"
	Certificate    = "eherkenning.certificate.pem"
	BrokerMetadata = "broker.metadata.xml"
)

// makeSecrets fills dir with the keys that koppel wants, unless they stand there: kept data can only be read with the
// keys of the first start.
func makeSecrets(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, Certificate)); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := writeSecrets(dir); err != nil {
		return fmt.Errorf("make secrets: %w", err)
	}
	return nil
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
	for _, secret := range []struct{ name, content string }{
		{LookupKey, keys.Generate()},
		{PINKeys, "dev:" + keys.Generate()},
		{RecordKeys, "dev:" + keys.Generate()},
		{HandoverKeys, private},
		{HandoverPublic, public},
		{Key, key},
		{Certificate, certificate}, // last: where it stands, all stand
	} {
		if err := os.WriteFile(filepath.Join(dir, secret.name), []byte(secret.content), 0o600); err != nil {
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
