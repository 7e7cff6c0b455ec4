package bounces

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"regexp"
	"slices"
	"strings"
)

// Report is what a delivery status notification says about one mail.
type Report struct {
	Tokens []string // what may name the mail, the likeliest first
	Failed bool     // for good; else the mail is late, delivered or relayed
	Status string   // enhanced status code (RFC 3463): 5.1.1
}

// ErrUnreadable says that a message is no delivery status notification, or too broken to be one.
var ErrUnreadable = errors.New("no delivery status in the message")

// maxMessage is how much of a message is read, in bytes. A mail of ours is below 10 KB, and reports return it last.
const maxMessage = 1 << 20

// unknownFailure is the status of a report that has none (RFC 3463: other undefined status).
const unknownFailure = "5.0.0"

// Read reads a delivery status notification (RFC 3464 in RFC 3462) as a mail server pipes it. Reports that keep to
// neither are read as far as they tell what happened: many servers write them in their own way.
func Read(r io.Reader) (Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxMessage))
	if err != nil {
		return Report{}, fmt.Errorf("read message: %w", err)
	}
	raw = bytes.TrimLeft(raw, "\r\n")
	message := parts(raw)
	report, found := judge(message.status)
	if !found {
		report, found = judge(string(raw))
	}
	if !found && message.fromMailer() {
		report, found = guess(message.words)
	}
	if !found {
		return Report{}, ErrUnreadable
	}
	report.Tokens = tokens(message.addresses, message.status, message.returned, message.words, string(raw))
	return report, nil
}

var (
	actionField = regexp.MustCompile(`(?mi)^Action:[ \t]*([a-z]+)`)
	statusField = regexp.MustCompile(`(?mi)^Status:[ \t]*([245]\.\d{1,3}\.\d{1,3})`)
)

// judge reads the fields of a delivery status. What the action says counts: a server that gave up after days of 4.4.1
// says that it failed.
func judge(status string) (Report, bool) {
	action, code := submatch(actionField, status), submatch(statusField, status)
	switch {
	case action == "" && code == "":
		return Report{}, false
	case code == "":
		code = unknownFailure
	}
	action = strings.ToLower(action)
	failed := action == "failed" || action == "" && code[0] == '5'
	return Report{Failed: failed, Status: code}, true
}

var wordedCode = regexp.MustCompile(`(?:^|[\s(\[#:;])([245]\.\d{1,3}\.\d{1,3})(?:$|[\s)\],:;-])`)

// guess reads the words of a report without fields.
func guess(words string) (Report, bool) {
	code := submatch(wordedCode, words)
	return Report{Failed: strings.HasPrefix(code, "5"), Status: code}, code != ""
}

func submatch(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// token is what stands in a bounce address (bounce+TOKEN@…) and in a Message-ID (<TOKEN@…>). It is a keyed hash: who
// knows one has seen the mail, and nobody makes one up.
var token = regexp.MustCompile(`(?i)[+<]([0-9a-f]{32})@`)

// maxTokens bounds the look-ups that a made-up message costs.
const maxTokens = 10

// tokens lists the tokens in texts, each once.
func tokens(texts ...string) (found []string) {
	for _, text := range texts {
		for _, match := range token.FindAllStringSubmatch(text, maxTokens) {
			if t := strings.ToLower(match[1]); !slices.Contains(found, t) && len(found) < maxTokens {
				found = append(found, t)
			}
		}
	}
	return found
}

// headersOfTheWay are where a mail server tells to which address a message came.
var headersOfTheWay = []string{"X-Original-To", "Delivered-To", "Envelope-To", "To"}

func addresses(header mail.Header) string {
	var values []string
	for _, name := range headersOfTheWay {
		values = append(values, header[name]...)
	}
	return strings.Join(values, "\n")
}
