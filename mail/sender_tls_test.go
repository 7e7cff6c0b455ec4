package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"koppel/mail/mailtest"
)

// loopbackTLS is a certificate for 127.0.0.1 and the roots that trust it.
func loopbackTLS(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

func TestTLSPolicies(t *testing.T) {
	config, roots := loopbackTLS(t)
	tests := []struct {
		name     string
		offered  *tls.Config
		policy   TLSPolicy
		roots    *x509.CertPool
		accepted bool
	}{
		{"mandatory, offered", config, TLSMandatory, roots, true},
		{"mandatory, not offered", nil, TLSMandatory, roots, false},
		{"mandatory, not trusted", config, TLSMandatory, nil, false},
		{"opportunistic, offered", config, TLSOpportunistic, roots, true},
		{"opportunistic, not offered", nil, TLSOpportunistic, roots, true},
		{"opportunistic, not trusted", config, TLSOpportunistic, nil, false},
		{"none, offered", config, TLSNone, nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := mailtest.Start(t, mailtest.Options{TLS: test.offered})
			settings := Settings{Address: server.Address(), TLS: test.policy, Roots: test.roots}
			err := newSender(t, settings).Send(t.Context(), jane)
			if accepted := err == nil; accepted != test.accepted || len(server.Mails()) > 0 != accepted {
				t.Errorf("want accepted %t, got %v and %d mails", test.accepted, err, len(server.Mails()))
			}
			if !test.accepted {
				wantFailure(t, &Deferral{}, err)
			}
		})
	}
}

func TestLoginAtTheMailServer(t *testing.T) {
	config, roots := loopbackTLS(t)
	server := mailtest.Start(t, mailtest.Options{TLS: config, Username: "koppel", Password: "Geheim-123"})
	settings := Settings{Address: server.Address(), TLS: TLSMandatory, Roots: roots}

	settings.Username, settings.Password = "koppel", "Geheim-123"
	if err := newSender(t, settings).Send(t.Context(), jane); err != nil {
		t.Errorf("right password: %v", err)
	}
	settings.Password = "Geheim-124"
	err := newSender(t, settings).Send(t.Context(), jane)
	wantFailure(t, &Deferral{Code: 535}, err)
	if err != nil && strings.Contains(err.Error(), "Geheim") {
		t.Errorf("password in the error: %v", err)
	}
	settings.Username, settings.Password = "", ""
	wantFailure(t, &Deferral{Code: 530}, newSender(t, settings).Send(t.Context(), jane))
}
