package mailtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"
)

// Mail is one mail as it came in, decoded.
type Mail struct {
	At      time.Time
	From    string // of the envelope
	To      []string
	Header  mail.Header
	Subject string
	Text    string // lines end in \n
	HTML    string
	Parts   []string // media types in the order of the mail
	Raw     []byte
}

// SentTo tells whether address is a recipient of the envelope.
func (m Mail) SentTo(address string) bool { return slices.Contains(m.To, address) }

func parse(raw []byte) (Mail, error) {
	reader, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, fmt.Errorf("parse mail: %w", err)
	}
	m := Mail{Header: reader.Header, Raw: raw}
	if m.Subject, err = reader.Header.Subject(); err != nil {
		return Mail{}, fmt.Errorf("parse subject: %w", err)
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return Mail{}, fmt.Errorf("parse part: %w", err)
		}
		if err := m.add(part); err != nil {
			return Mail{}, fmt.Errorf("parse part: %w", err)
		}
	}
}

func (m *Mail) add(part *mail.Part) error {
	header, inline := part.Header.(*mail.InlineHeader)
	if !inline {
		return errors.New("attachments are not expected")
	}
	mediaType, _, err := header.ContentType()
	if err != nil {
		return err
	}
	content, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	m.Parts = append(m.Parts, mediaType)
	words := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch mediaType {
	case "text/plain":
		m.Text = words
	case "text/html":
		m.HTML = words
	}
	return nil
}
