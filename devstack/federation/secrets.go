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

	"koppel/keys/keyfiles"
)

// Files for web, beside its keys.
const (
	Key            = "eherkenning.key.pem"
	Certificate    = "eherkenning.certificate.pem"
	DecryptionKeys = "eherkenning.decryption.pem"
	BrokerMetadata = "broker.metadata.xml"

	// MetadataSigners are the certificates that may sign BrokerMetadata.
	MetadataSigners = "broker.signers.pem"
)

// makeSecrets fills dir with the keys that koppel wants, unless they stand there: kept data can only be read with the
// keys of the first start.
func makeSecrets(dir string) error {
	web := filepath.Join(dir, keyfiles.Web)
	if _, err := os.Stat(filepath.Join(web, DecryptionKeys)); err == nil { // written last: where it stands, all stand
		return nil
	}
	if err := keyfiles.New(dir, "dev"); err != nil {
		return fmt.Errorf("make secrets: %w", err)
	}
	key, certificate, err := selfSigned()
	if err != nil {
		return fmt.Errorf("make secrets: %w", err)
	}
	decryptionKey, decryptionCertificate, err := selfSigned()
	if err != nil {
		return fmt.Errorf("make secrets: %w", err)
	}
	for _, file := range []struct{ name, content string }{
		{Key, key}, {Certificate, certificate}, {DecryptionKeys, decryptionKey + decryptionCertificate},
	} {
		if err := os.WriteFile(filepath.Join(web, file.name), []byte(file.content), 0o600); err != nil {
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
