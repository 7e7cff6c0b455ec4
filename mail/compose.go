package mail

import (
	"errors"
	"fmt"
	"regexp"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

var messageID = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.[A-Za-z0-9_-]){0,127}$`)

var errMessageID = errors.New("the message id has other signs than letters, digits, dots, dashes and underscores")

// compose writes the headers and both parts. Auto-Submitted and X-Auto-Response-Suppress keep robots from answering
// but let bounces come back, which is why the latter is not "All". An address that no mail can go to is a Refusal.
func (s *Sender) compose(m Message) (*gomail.Msg, error) {
	to, err := asciiDomain(m)
	if err != nil {
		return nil, err
	}
	if !messageID.MatchString(m.ID) {
		return nil, errMessageID
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if msg.To(to) != nil {
		return nil, &Refusal{}
	}
	msg.FromMailAddress(s.from)
	if s.replyTo != nil {
		msg.ReplyToMailAddress(s.replyTo)
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

// asciiDomain is m.To with the domain as mail servers without SMTPUTF8 know it.
func asciiDomain(m Message) (string, error) {
	domain := m.To.Domain()
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", &Refusal{}
	}
	return string(m.To[:len(m.To)-len(domain)]) + ascii, nil
}
