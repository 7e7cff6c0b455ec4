package devstack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"
)

// Mail is a message as it arrived.
type Mail struct {
	Number     int // from 1, in order of arrival
	Received   time.Time
	From       string   // envelope sender
	To         []string // envelope recipients
	Subject    string
	MessageID  string // without brackets
	Text, HTML string // decoded parts; empty when there is none
	Header     string // header fields as they arrived
}

const (
	returnPath  = "Return-Path"
	deliveredTo = "Delivered-To"
)

// envelope puts sender and recipients above the message, as mail servers do on delivery.
func envelope(from string, to []string, content []byte) []byte {
	var raw bytes.Buffer
	fmt.Fprintf(&raw, "%s: <%s>\r\n", returnPath, from)
	for _, address := range to {
		fmt.Fprintf(&raw, "%s: %s\r\n", deliveredTo, address)
	}
	raw.Write(content)
	return raw.Bytes()
}

func parseMail(raw []byte) (Mail, error) {
	reader, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, err
	}
	defer reader.Close()
	header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	parsed := Mail{
		From:   strings.Trim(reader.Header.Get(returnPath), "<>"),
		To:     reader.Header.Values(deliveredTo),
		Header: string(header),
	}
	var subjectErr, idErr error
	parsed.Subject, subjectErr = reader.Header.Subject()
	parsed.MessageID, idErr = reader.Header.MessageID()
	return parsed, errors.Join(subjectErr, idErr, parsed.readParts(reader))
}

func (m *Mail) readParts(reader *mail.Reader) error {
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		header, inline := part.Header.(*mail.InlineHeader)
		if !inline {
			continue
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return err
		}
		switch kind, _, _ := header.ContentType(); kind {
		case "text/html":
			m.HTML = string(body)
		case "text/plain", "":
			m.Text = string(body)
		}
	}
}
