package bounces

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"
)

// message is a report taken apart.
type message struct {
	sender    string // of the report
	addresses string // that it came to
	status    string // fields of the delivery status
	returned  string // the mail that came back, or its headers; a report that somebody forwarded
	words     string // for people
}

// maxDepth is how deep parts stand in parts.
const maxDepth = 4

// parts takes a message apart as far as it can be read.
func parts(raw []byte) message {
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return message{}
	}
	m := message{
		sender:    read.Header.Get("Return-Path") + " " + read.Header.Get("From"),
		addresses: addresses(read.Header),
	}
	m.add(textproto.MIMEHeader(read.Header), read.Body, maxDepth)
	return m
}

// fromMailer tells whether a mail server wrote the message, not a person or their robot.
func (m message) fromMailer() bool {
	sender := strings.ToLower(m.sender)
	return strings.Contains(sender, "<>") || strings.Contains(sender, "mailer-daemon@") || strings.Contains(sender, "postmaster@")
}

func (m *message) add(header textproto.MIMEHeader, body io.Reader, depth int) {
	mediaType, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		mediaType = "text/plain"
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		m.addParts(multipart.NewReader(body, parameters["boundary"]), depth)
		return
	}
	if strings.EqualFold(header.Get("Content-Transfer-Encoding"), "base64") {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, _ := io.ReadAll(body) // what can be read of a broken part
	text := string(content) + "\n"
	switch mediaType {
	case "message/delivery-status", "message/global-delivery-status":
		m.status += text
	case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
		m.returned += text
	default:
		m.words += text
	}
}

// addParts ends at the first part that cannot be read: what follows is found in the raw message.
func (m *message) addParts(reader *multipart.Reader, depth int) {
	for depth > 0 {
		part, err := reader.NextPart()
		if err != nil {
			return
		}
		m.add(part.Header, part, depth-1)
	}
}
