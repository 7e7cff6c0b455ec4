package mail

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

const (
	dialTimeout = 10 * time.Second
	sendTimeout = 25 * time.Second // from dialling to the reply after the final dot
	quitTimeout = time.Second
)

// Sender hands mails to one mail server, over a new connection each. It may be used by many goroutines at once.
type Sender struct {
	address string // host:port
	host    string
	options []gomail.Option
	from    *mail.Address
	replyTo *mail.Address
	bounce  *mail.Address // nil: from
	domain  string        // of from
	timeout time.Duration
}

// NewSender checks the settings. It does not connect.
func NewSender(settings Settings) (*Sender, error) {
	from, err := mail.ParseAddress(settings.From)
	if err != nil {
		return nil, fmt.Errorf("mail sender: from: %w", err)
	}
	sender := &Sender{address: settings.Address, from: from, domain: domainOf(from), timeout: cmp.Or(settings.Patience, sendTimeout)}
	if sender.replyTo, err = optionalAddress(settings.ReplyTo); err != nil {
		return nil, fmt.Errorf("mail sender: reply to: %w", err)
	}
	if sender.bounce, err = optionalAddress(settings.BounceAddress); err != nil {
		return nil, fmt.Errorf("mail sender: bounce address: %w", err)
	}
	if sender.host, sender.options, err = connection(settings); err != nil {
		return nil, fmt.Errorf("mail sender: %w", err)
	}
	return sender, nil
}

func optionalAddress(s string) (*mail.Address, error) {
	if s == "" {
		return nil, nil
	}
	return mail.ParseAddress(s)
}

func domainOf(a *mail.Address) string { return a.Address[strings.LastIndexByte(a.Address, '@')+1:] }

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
	ctx, span := otel.Tracer("koppel/mail").Start(ctx, "SMTP", trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	err = s.converse(ctx, func(client *gomail.Client, session *smtp.Client) error {
		err := client.SendWithSMTPClient(session, msg)
		if msg.IsDelivered() {
			return nil // whatever happened after that
		}
		return sendFailure(ctx, err)
	})
	if err != nil {
		span.SetStatus(codes.Error, "not accepted")
	}
	return err
}

// Ping goes as far with the mail server as can be without a mail: greeting, encryption, login. It ends with ctx.
func (s *Sender) Ping(ctx context.Context) error {
	return s.converse(ctx, func(*gomail.Client, *smtp.Client) error { return nil })
}

// converse lets say what there is to say once the mail server has let koppel in, and takes leave.
func (s *Sender) converse(ctx context.Context, say func(*gomail.Client, *smtp.Client) error) error {
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return connectFailure(ctx, err)
	}
	defer conn.Close()
	// Neither go-mail nor a blocked read knows ctx; a closed connection ends both.
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	dialled := func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	client, err := gomail.NewClient(s.host, slices.Concat(s.options, []gomail.Option{gomail.WithDialContextFunc(dialled)})...)
	if err != nil {
		return fmt.Errorf("mail client: %w", err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return connectFailure(ctx, err)
	}
	defer quit(conn, session)
	return say(client, session)
}

// quit takes leave of the server but hardly waits for it: the mail's fate is known.
func quit(conn net.Conn, session *smtp.Client) {
	if conn.SetDeadline(time.Now().Add(quitTimeout)) == nil {
		_ = session.Quit()
	}
}
