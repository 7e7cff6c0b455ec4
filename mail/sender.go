package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

const (
	dialTimeout = 10 * time.Second
	sendTimeout = 25 * time.Second // from dialling to the reply after the final dot
	quitTimeout = time.Second
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

// Settings say how mail leaves.
type Settings struct {
	Address  string // host:port of the mail server
	From     string // MijnHelpdeskPO <noreply@example.nl>
	ReplyTo  string // a mailbox that people read; empty: none
	Username string // empty: no login at the mail server
	Password string
	TLS      TLSPolicy
	Roots    *x509.CertPool // who may sign the server's certificate; nil: the system's
}

// Sender hands mails to one mail server, over a new connection each. It may be used by many goroutines at once.
type Sender struct {
	address string // host:port
	host    string
	options []gomail.Option
	from    *mail.Address
	replyTo *mail.Address
	domain  string // of from
	timeout time.Duration
}

// NewSender checks the settings. It does not connect.
func NewSender(settings Settings) (*Sender, error) {
	from, err := mail.ParseAddress(settings.From)
	if err != nil {
		return nil, fmt.Errorf("mail sender: from: %w", err)
	}
	sender := &Sender{address: settings.Address, from: from, domain: domainOf(from), timeout: sendTimeout}
	if settings.ReplyTo != "" {
		if sender.replyTo, err = mail.ParseAddress(settings.ReplyTo); err != nil {
			return nil, fmt.Errorf("mail sender: reply to: %w", err)
		}
	}
	if sender.host, sender.options, err = connection(settings); err != nil {
		return nil, fmt.Errorf("mail sender: %w", err)
	}
	return sender, nil
}

func domainOf(a *mail.Address) string { return a.Address[strings.LastIndexByte(a.Address, '@')+1:] }

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

// Send returns nil when the mail server has accepted the mail, a *Refusal when it never will, and else an error that
// may pass, mostly a *Deferral. It ends with ctx and takes 25 seconds at most. No error repeats the address or the
// content.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := s.compose(m)
	if err != nil {
		return fmt.Errorf("compose mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return connectFailure(ctx, err)
	}
	defer conn.Close()
	// Neither go-mail nor a blocked read knows ctx; a closed connection ends both.
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	return s.deliver(ctx, conn, msg)
}

func (s *Sender) deliver(ctx context.Context, conn net.Conn, msg *gomail.Msg) error {
	dialled := func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	client, err := gomail.NewClient(s.host, slices.Concat(s.options, []gomail.Option{gomail.WithDialContextFunc(dialled)})...)
	if err != nil {
		return fmt.Errorf("mail client: %w", err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return connectFailure(ctx, err)
	}
	err = client.SendWithSMTPClient(session, msg)
	quit(conn, session)
	if msg.IsDelivered() {
		return nil // whatever happened after that
	}
	return sendFailure(ctx, err)
}

// quit takes leave of the server but hardly waits for it: the mail's fate is known.
func quit(conn net.Conn, session *smtp.Client) {
	if conn.SetDeadline(time.Now().Add(quitTimeout)) == nil {
		_ = session.Quit()
	}
}
