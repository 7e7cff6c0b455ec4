package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// TLSPolicy says when the connection to the mail server is encrypted (STARTTLS).
type TLSPolicy string

const (
	TLSNone          TLSPolicy = "none"          // for a server on the same host
	TLSOpportunistic TLSPolicy = "opportunistic" // where the server offers it
	TLSMandatory     TLSPolicy = "mandatory"
)

var tlsPolicies = map[TLSPolicy]gomail.TLSPolicy{
	TLSNone:          gomail.NoTLS,
	TLSOpportunistic: gomail.TLSOpportunistic,
	TLSMandatory:     gomail.TLSMandatory,
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *TLSPolicy) UnmarshalText(text []byte) error {
	if _, known := tlsPolicies[TLSPolicy(text)]; !known {
		return errors.New("is no such policy")
	}
	*p = TLSPolicy(text)
	return nil
}

// Settings say how mail leaves.
type Settings struct {
	Address string // host:port of the mail server
	From    string // MijnHelpdeskPO <noreply@example.nl>
	ReplyTo string // a mailbox that people read; empty: none
	// BounceAddress is where mails that can't be delivered come back to: bounce@example.nl. Each mail gets an address
	// of its own, with its ID as tag: bounce+ID@example.nl. Empty: From.
	BounceAddress string

	Username string // empty: no login at the mail server
	Password string
	TLS      TLSPolicy
	Roots    *x509.CertPool // who may sign the server's certificate; nil: the system's
	Patience time.Duration  // of one mail, from dialling to the reply after the final dot; 0: 25 seconds
}

// connection checks the settings of the connection and turns them into go-mail's.
func connection(settings Settings) (host string, options []gomail.Option, err error) {
	host, service, err := net.SplitHostPort(settings.Address)
	if err != nil {
		return "", nil, err
	}
	port, err := strconv.Atoi(service)
	if err != nil || host == "" {
		return "", nil, fmt.Errorf("%q is not host:port", settings.Address)
	}
	policy, known := tlsPolicies[settings.TLS]
	if !known {
		return "", nil, fmt.Errorf("TLS policy %q is none of none, opportunistic, mandatory", settings.TLS)
	}
	if settings.Username != "" && settings.TLS != TLSMandatory {
		return "", nil, errors.New("a username asks for TLS policy mandatory: else the password can leave in the clear")
	}
	options = []gomail.Option{
		gomail.WithPort(port),
		gomail.WithTimeout(sendTimeout),
		gomail.WithTLSPolicy(policy),
		gomail.WithTLSConfig(&tls.Config{ServerName: host, RootCAs: settings.Roots, MinVersion: tls.VersionTLS12}),
		gomail.WithoutNoop(),
		gomail.WithoutRset(),
	}
	if settings.Username != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(settings.Username), gomail.WithPassword(settings.Password))
	}
	return host, options, nil
}
