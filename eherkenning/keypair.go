package eherkenning

import (
	"crypto/rsa"
	"crypto/sha1" // a common way to name a certificate; no security rests on it
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// KeyPair is an RSA key of ours with the certificate that publishes it.
type KeyPair struct {
	Private     *rsa.PrivateKey
	Certificate *x509.Certificate
}

func (k KeyPair) check() error {
	switch {
	case k.Private == nil || k.Certificate == nil:
		return errors.New("key or certificate is missing")
	case k.Private.N.BitLen() < minimumKeyBits:
		return fmt.Errorf("key has %d bits, at least %d are needed", k.Private.N.BitLen(), minimumKeyBits)
	case !k.Private.PublicKey.Equal(k.Certificate.PublicKey):
		return errors.New("certificate does not belong to the key")
	}
	return nil
}

// Name is the KeyName of the certificate in our metadata: its SHA-256 in lower-case hex.
func (k KeyPair) Name() string { return Fingerprint(k.Certificate) }

// isNamed knows the fingerprints of the certificate, SHA-1 and SHA-256, with or without colons.
func (k KeyPair) isNamed(name string) bool {
	short := sha1.Sum(k.Certificate.Raw)
	name = strings.ToLower(strings.ReplaceAll(name, ":", ""))
	return name == hex.EncodeToString(short[:]) || name == k.Name()
}
