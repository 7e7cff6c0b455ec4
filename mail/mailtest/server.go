package mailtest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Options of a server. The zero value listens on a free port of the loopback and asks for no login.
type Options struct {
	Address  string      // host:port
	TLS      *tls.Config // offers STARTTLS
	Username string      // asks for a login, over TLS only
	Password string
}

// Server is a running mail server. All methods may be called at any time by many goroutines.
type Server struct {
	options  Options
	smtp     *smtp.Server
	listener net.Listener
	stopped  chan struct{}
	stop     sync.Once

	mutex    sync.Mutex
	fault    Fault
	pace     time.Duration
	attempts int
	mails    []Mail
	changed  chan struct{} // closed and replaced at each mail
}

// New starts a server.
func New(options Options) (*Server, error) {
	if options.Address == "" {
		options.Address = "127.0.0.1:0"
	}
	plain, err := net.Listen("tcp", options.Address)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	s := &Server{options: options, listener: plain, stopped: make(chan struct{}), changed: make(chan struct{})}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	s.smtp.Domain = "mailtest"
	s.smtp.TLSConfig = options.TLS
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = s.smtp.Serve(listener{Listener: plain, server: s}) }()
	return s, nil
}

// Start starts a server that stops with the test.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	server, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// Close stops the server and hangs up.
func (s *Server) Close() error {
	s.stop.Do(func() { close(s.stopped) })
	if err := s.smtp.Close(); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("stop mail server: %w", err)
	}
	return nil
}

// Address is the host:port that the server listens on.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Mails returns what came in, oldest first.
func (s *Server) Mails() []Mail {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.mails)
}

// Attempts is how many mails somebody has begun to send, refused ones included.
func (s *Server) Attempts() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.attempts
}

// Forget drops the mails and the count of attempts.
func (s *Server) Forget() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.mails, s.attempts = nil, 0
}

// Wait returns the first mail that wanted accepts, one that is already in or the next that comes.
func (s *Server) Wait(ctx context.Context, wanted func(Mail) bool) (Mail, error) {
	for {
		s.mutex.Lock()
		mails, changed := slices.Clone(s.mails), s.changed
		s.mutex.Unlock()
		if i := slices.IndexFunc(mails, wanted); i >= 0 {
			return mails[i], nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Mail{}, fmt.Errorf("wait for a mail, %d others came: %w", len(mails), ctx.Err())
		}
	}
}

func (s *Server) keep(m Mail) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.mails = append(s.mails, m)
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) countAttempt() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.attempts++
}

func (s *Server) currentPace() time.Duration {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.pace
}
