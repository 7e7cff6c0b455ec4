package mail

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"koppel/onboarding"
)

var messageID = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.[A-Za-z0-9_-]){0,127}$`)

var errMessageID = errors.New("the message id has other signs than letters, digits, dots, dashes and underscores")

var errDomain = errors.New("no mail can be sent to the domain")

// compose writes the envelope, the headers and both parts. Auto-Submitted and X-Auto-Response-Suppress keep robots
// from answering but let bounces come back, which is why the latter is not "All". An address that no mail can go to
// is a Refusal.
func (s *Sender) compose(m Message) (*gomail.Msg, error) {
	if !messageID.MatchString(m.ID) {
		return nil, errMessageID
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := s.direct(msg, m); err != nil {
		return nil, err
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(fmt.Sprintf("%s@%s", m.ID, s.domain))
	msg.SetGenHeader(gomail.HeaderContentLang, string(m.Language))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply, RN, NRN")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// direct writes where the mail goes, where it comes from, and where answers and the mail itself come back to.
func (s *Sender) direct(msg *gomail.Msg, m Message) error {
	to, err := Canonical(m.To)
	if err != nil || msg.To(to) != nil {
		return &Refusal{}
	}
	msg.FromMailAddress(s.from)
	if s.replyTo != nil {
		msg.ReplyToMailAddress(s.replyTo)
	}
	if s.bounce == nil {
		return nil
	}
	name, domain, _ := strings.Cut(s.bounce.Address, "@")
	if err := msg.EnvelopeFrom(fmt.Sprintf("%s+%s@%s", name, m.ID, domain)); err != nil {
		return fmt.Errorf("bounce address: %w", err)
	}
	return nil
}

// Canonical is address with the domain as mail servers without SMTPUTF8 know it: one of the many ways to write it.
func Canonical(address onboarding.Email) (string, error) {
	domain := address.Domain()
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", errDomain
	}
	return string(address[:len(address)-len(domain)]) + ascii, nil
}
