package mailtest

import (
	"crypto/subtle"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one connection.
type session struct {
	server     *Server
	conn       *smtp.Conn
	authorised bool
	from       string
	to         []string
}

func (s *session) AuthMechanisms() []string {
	if s.server.options.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		given, wanted := username+"\x00"+password, s.server.options.Username+"\x00"+s.server.options.Password
		if subtle.ConstantTimeCompare([]byte(given), []byte(wanted)) != 1 {
			return smtp.ErrAuthFailed
		}
		s.authorised = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.server.countAttempt()
	if s.server.options.Username != "" && !s.authorised {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	s.from = from
	return s.show(Sender, from)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return s.show(Recipient, to)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	fault := s.server.faultAt(Content)
	if fault.Reply != 0 {
		s.server.pause(fault.Delay)
		return fault.refusal(strings.Join(s.to, " "), string(raw[:min(len(raw), 2000)]))
	}
	m, err := parse(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	m.At, m.From, m.To = time.Now(), s.from, s.to
	s.server.keep(m)
	s.act(fault)
	return nil
}

// show does what the fault of this step says.
func (s *session) show(step Step, echo string) error {
	fault := s.server.faultAt(step)
	s.act(fault)
	return fault.refusal(echo)
}

func (s *session) act(fault Fault) {
	s.server.pause(fault.Delay)
	if fault.Drop {
		_ = s.conn.Conn().Close()
	}
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }
