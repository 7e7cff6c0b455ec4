package eherkenning

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// ExpiryWarning is how long before the end of a certificate or of metadata somebody has to be told.
const ExpiryWarning = 30 * 24 * time.Hour

// Expiry is a moment after which logins fail.
type Expiry struct {
	What string // "broker certificate 1", …
	At   time.Time
}

// Expiries lists the ends of all that a login depends on, the nearest first.
func (sp *ServiceProvider) Expiries() []Expiry {
	broker := sp.broker.Load()
	all := broker.expiries()
	all = append(all, expiriesOf("metadata signer", sp.settings.MetadataSigners...)...)
	all = append(all, Expiry{"our signing certificate", sp.settings.Signing.Certificate.NotAfter})
	for i, pair := range sp.settings.Decryption {
		all = append(all, Expiry{fmt.Sprintf("our decryption certificate %d", i+1), pair.Certificate.NotAfter})
	}
	slices.SortFunc(all, func(a, b Expiry) int { return a.At.Compare(b.At) })
	return all
}

func (b *broker) expiries() []Expiry {
	all := expiriesOf("broker certificate", b.certificates...)
	if !b.validUntil.IsZero() {
		all = append(all, Expiry{"broker metadata", b.validUntil})
	}
	return all
}

func expiriesOf(what string, certificates ...*x509.Certificate) (all []Expiry) {
	for i, certificate := range certificates {
		all = append(all, Expiry{fmt.Sprintf("%s %d", what, i+1), certificate.NotAfter})
	}
	return all
}
