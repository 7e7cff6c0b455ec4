package devstack

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// session is one connection of a mail client.
type session struct {
	mailbox *Mailbox
	conn    net.Conn
	from    string
	to      []string
}

var errCut = errors.New("the connection is cut on purpose")

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if fault := s.mailbox.currentFault(to); fault.Code != 0 && !fault.AtData {
		return refusal(fault.Code)
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	fault := s.mailbox.currentFault(s.to[0]) // koppel writes to one person at a time
	time.Sleep(fault.Delay)
	switch {
	case fault.Drop:
		return s.cut()
	case fault.Code != 0:
		return refusal(fault.Code)
	}
	if err := s.mailbox.keep(s.from, s.to, content); err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "cannot read the message: " + err.Error()}
	}
	if fault.NoReply {
		return s.cut()
	}
	return nil
}

func (s *session) cut() error {
	return errors.Join(errCut, s.conn.Close())
}

func refusal(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "refused on purpose"}
}
