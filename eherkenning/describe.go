package eherkenning

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
)

// Description tells people what a broker's metadata says. Fields are empty where the file says nothing that is usable.
type Description struct {
	EntityID     string
	SSO          string // address for requests
	SSOBinding   string
	ArtifactURL  string
	Certificates []*x509.Certificate // sign its messages
	ValidUntil   time.Time           // zero: no end
	SignedBy     string              // SHA-256 of the certificate that the signature shows, in hex; proves nothing
}

// Describe reads metadata for people, also when it would not be accepted. Its error names everything that is wrong
// with it. Without signers it leaves the signature alone.
func Describe(document []byte, signers []*x509.Certificate, now time.Time) (Description, error) {
	root, err := parseRoot(document)
	if err != nil {
		return Description{}, err
	}
	described := Description{SignedBy: shownFingerprint(root)}
	if len(signers) > 0 {
		_, err = openMetadata(document, signers, now)
	}
	broker, errBroker := readBroker(root)
	if errBroker != nil {
		return described, errors.Join(err, errBroker)
	}
	described.EntityID, described.SSO, described.SSOBinding = broker.entityID, broker.sso.url.String(), broker.sso.binding
	described.ArtifactURL, described.Certificates, described.ValidUntil = broker.artifactURL, broker.certificates, broker.validUntil
	return described, errors.Join(err, broker.weaknesses(now))
}

// weaknesses names what does not stop the file from being read but will stop logins, now or soon.
func (b *broker) weaknesses(now time.Time) error {
	var found []error
	for _, expiry := range b.expiries() {
		switch {
		case now.After(expiry.At):
			found = append(found, fmt.Errorf("%s has ended on %s", expiry.What, expiry.At.Format(time.DateOnly)))
		case now.Add(ExpiryWarning).After(expiry.At):
			found = append(found, fmt.Errorf("%s ends on %s: ask the broker for the next one", expiry.What, expiry.At.Format(time.DateOnly)))
		}
	}
	return errors.Join(found...)
}

// Fingerprint is the SHA-256 of a certificate in hex, by which people compare certificates.
func Fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
}

func shownFingerprint(root *etree.Element) string {
	shown := root.FindElement("./Signature/KeyInfo/X509Data/X509Certificate")
	if shown == nil {
		return ""
	}
	certificate, err := parseCertificate(shown.Text())
	if err != nil {
		return ""
	}
	return Fingerprint(certificate)
}
