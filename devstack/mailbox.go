package devstack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Mailbox is a mail server that delivers everything to one web inbox. Safe for concurrent use.
type Mailbox struct {
	dir           string // where mails are kept as files; empty: in memory only
	smtp          *smtp.Server
	web           *http.Server
	smtpAt, webAt net.Listener

	mu      sync.Mutex
	mails   []Mail
	arrived chan struct{} // closed and replaced when a mail arrives
	fault   Fault
	faults  map[string]Fault // by recipient; they come before fault
}

// Fault is a way in which the server fails. The zero value is none.
type Fault struct {
	Code    int           // answers the recipient with this SMTP code: 4xx try later, 5xx never
	AtData  bool          // Code answers the content instead
	Delay   time.Duration // waits before it answers the content
	Drop    bool          // cuts the connection instead of taking the content
	NoReply bool          // takes the content and cuts the connection instead of saying so
}

// MailboxOptions say where it listens and keeps the mails.
type MailboxOptions struct {
	Dir            string // folder for the mails; empty: memory
	SMTPPort, Port int    // preferred ports of mail server and web inbox
}

// StartMailbox opens both ports.
func StartMailbox(options MailboxOptions) (*Mailbox, error) {
	m := &Mailbox{dir: options.Dir, arrived: make(chan struct{}), faults: map[string]Fault{}}
	if err := m.load(); err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	var err error
	if m.smtpAt, err = listen(options.SMTPPort); err != nil {
		return nil, err
	}
	if m.webAt, err = listen(options.Port); err != nil {
		return nil, errors.Join(err, m.smtpAt.Close())
	}
	m.serveSMTP()
	m.web = &http.Server{Handler: m.inbox(), ReadHeaderTimeout: 10 * time.Second}
	go m.web.Serve(m.webAt) // ends with Stop
	return m, nil
}

func (m *Mailbox) serveSMTP() {
	m.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{mailbox: m, conn: c.Conn()}, nil
	}))
	m.smtp.Domain = "localhost"
	m.smtp.MaxMessageBytes = 1 << 20
	m.smtp.EnableSMTPUTF8 = true
	m.smtp.ErrorLog = stdlog.New(io.Discard, "", 0) // cut connections are wanted here
	go m.smtp.Serve(m.smtpAt)                       // ends with Stop and StopSMTP
}

// StopSMTP closes the port of the mail server and all its connections. The web inbox stays.
func (m *Mailbox) StopSMTP() error { return m.smtp.Close() }

// StartSMTP opens the mail server again after StopSMTP, at the same address.
func (m *Mailbox) StartSMTP() (err error) {
	if m.smtpAt, err = listenOn(portOf(m.smtpAt)); err == nil {
		m.serveSMTP()
	}
	return err
}

// SMTPAddress is host:port of the mail server.
func (m *Mailbox) SMTPAddress() string { return m.smtpAt.Addr().String() }

// URL is the address of the web inbox.
func (m *Mailbox) URL() string { return "http://" + m.webAt.Addr().String() }

// Stop closes both ports and all connections.
func (m *Mailbox) Stop() error { return errors.Join(m.smtp.Close(), m.web.Close()) }

// SetFault makes the server fail from now on, until it is called again.
func (m *Mailbox) SetFault(fault Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fault
}

// SetFaultFor makes the server fail for mail to one address only; the zero Fault takes that mail again.
func (m *Mailbox) SetFaultFor(to string, fault Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults[to] = fault
}

// currentFault is what goes wrong with mail to an address.
func (m *Mailbox) currentFault(to string) Fault {
	m.mu.Lock()
	defer m.mu.Unlock()
	return cmp.Or(m.faults[to], m.fault)
}

// Mails returns the mails to an address, oldest first; to all when it is empty.
func (m *Mailbox) Mails(to string) []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Mail
	for _, mail := range m.mails {
		if to == "" || slices.ContainsFunc(mail.To, func(a string) bool { return strings.EqualFold(a, to) }) {
			found = append(found, mail)
		}
	}
	return found
}

// Await waits until there are at least count mails to an address and returns the one with that number, from 1.
func (m *Mailbox) Await(ctx context.Context, to string, count int) (Mail, error) {
	for {
		m.mu.Lock()
		arrived := m.arrived
		m.mu.Unlock()
		found := m.Mails(to)
		if len(found) >= count {
			return found[count-1], nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return Mail{}, fmt.Errorf("%d of %d mails to %s: %w", len(found), count, to, ctx.Err())
		}
	}
}

// find returns the mail with a number.
func (m *Mailbox) find(number int) (Mail, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if number < 1 || number > len(m.mails) {
		return Mail{}, false
	}
	return m.mails[number-1], true
}

// keep stores a mail that was accepted for to.
func (m *Mailbox) keep(from string, to []string, content []byte) error {
	raw := envelope(from, to, content)
	m.mu.Lock()
	defer m.mu.Unlock()
	mail, err := parseMail(raw)
	if err != nil {
		return err
	}
	mail.Number, mail.Received = len(m.mails)+1, time.Now()
	if m.dir != "" {
		if err := os.WriteFile(filepath.Join(m.dir, fmt.Sprintf("%06d.eml", mail.Number)), raw, 0o600); err != nil {
			return err
		}
	}
	m.mails = append(m.mails, mail)
	close(m.arrived)
	m.arrived = make(chan struct{})
	return nil
}

// load reads the mails that an earlier run kept.
func (m *Mailbox) load() error {
	if m.dir == "" {
		return nil
	}
	if err := os.MkdirAll(m.dir, 0o755); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(m.dir, "*.eml"))
	slices.SortFunc(names, cmp.Compare)
	for _, name := range names {
		raw, readErr := os.ReadFile(name)
		info, statErr := os.Stat(name)
		mail, parseErr := parseMail(raw)
		if err := errors.Join(readErr, statErr, parseErr); err != nil {
			return err
		}
		mail.Number, mail.Received = len(m.mails)+1, info.ModTime()
		m.mails = append(m.mails, mail)
	}
	return err
}
