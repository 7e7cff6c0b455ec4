package eherkenning

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/crewjam/saml"
)

// minimumKeyBits of every RSA key, ours and the broker's (Afsprakenstelsel: Digital signature).
const minimumKeyBits = 2048

// signingCertificates returns all of them: while the broker changes its key, either may sign.
func signingCertificates(keys []saml.KeyDescriptor) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	for _, key := range keys {
		if key.Use != "" && key.Use != "signing" {
			continue
		}
		for _, data := range key.KeyInfo.X509Data.X509Certificates {
			certificate, err := parseCertificate(data.Data)
			if err != nil {
				return nil, fmt.Errorf("signing certificate %d: %w", len(certificates)+1, err)
			}
			certificates = append(certificates, certificate)
		}
	}
	if len(certificates) == 0 {
		return nil, errors.New("signing certificate is missing")
	}
	return certificates, nil
}

func parseCertificate(text string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	key, isRSA := certificate.PublicKey.(*rsa.PublicKey)
	if !isRSA || key.N.BitLen() < minimumKeyBits {
		return nil, fmt.Errorf("not an RSA key of at least %d bits", minimumKeyBits)
	}
	return certificate, nil
}
