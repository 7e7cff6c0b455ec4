package mail

import (
	"bytes"
	"io"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/messages"
	"koppel/onboarding"
)

func TestSendToOtherAlphabets(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"jan@school-één.example", "jan@xn--school-n-h1aa.example"},
		{"jan@SCHOOL.example", "jan@school.example"},
		{"andré@school.example", "andré@school.example"},
	}
	for _, test := range tests {
		t.Run(test.typed, func(t *testing.T) {
			server := mailtest.Start(t, mailtest.Options{})
			m := jane
			m.To = onboarding.Email(test.typed)
			if err := newSender(t, Settings{Address: server.Address()}).Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			if got := server.Mails()[0].To; !slices.Equal(got, []string{test.want}) {
				t.Errorf("want %s, got %v", test.want, got)
			}
		})
	}
}

func TestSendRefusesAnAddressItCannotWrite(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	for _, address := range []onboarding.Email{"jane@-regenboog.example", "jane@regen_boog.example", "jane@regenboog.example\r\nBcc: x@y.example"} {
		m := jane
		m.To = address
		err := newSender(t, Settings{Address: server.Address()}).Send(t.Context(), m)
		wantFailure(t, &Refusal{}, err)
		wantNothingPersonal(t, err)
	}
	if server.Attempts() != 0 {
		t.Errorf("want no attempt, got %d", server.Attempts())
	}
}

func TestMessageIDIsRefused(t *testing.T) {
	sender := newSender(t, Settings{Address: "127.0.0.1:1"})
	for _, id := range []string{"", "a b", "a@b", "a\r\nBcc: x", "<a>", ".a", "a..b", "a.", strings.Repeat("a", 200)} {
		m := jane
		m.ID = id
		if _, err := sender.compose(m); err == nil {
			t.Errorf("%q: want an error", id)
		}
	}
}

// FuzzHeaders: whatever stands in an address or a name, a mail has the headers that compose writes and no others,
// one recipient, and the subject on one line.
func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{
		"jane@regenboog.example", "jane@regenboog.example\r\nBcc: eve@example.org", "a@b.nl, eve@example.org",
		"\"jane\r\nBcc: eve@example.org\"@b.nl", "<a@b.nl>", "Eve <eve@example.org>", "a@b.nl>\r\nDATA", "é@b.nl",
		"\"a b\"@b.nl", "a@[127.0.0.1]", "@", "", "a@b\x00.nl", "=?utf-8?q?a=0D=0ABcc:?=@b.nl", "group:a@b.nl;",
	} {
		f.Add(seed, "De Regenboog")
		f.Add("jane@regenboog.example", seed)
	}
	sender, err := NewSender(Settings{Address: "127.0.0.1:1", From: from, TLS: TLSNone, BounceAddress: "bounce@koppel.example"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, address, name string) {
		m := letters.Linked(messages.Dutch, Link{At: time.Unix(0, 0), Name: name, Code: "03AB"})
		m.To, m.ID, m.Subject = onboarding.Email(address), "link-1", name
		composed, err := sender.compose(m)
		if err != nil {
			if address != "" && name != address && strings.Contains(err.Error(), address) && len(address) > 3 {
				t.Errorf("the address %q in the error: %v", address, err)
			}
			return
		}
		if sender, err := composed.GetSender(false); err != nil || sender != "<bounce+link-1@koppel.example>" {
			t.Errorf("the mail leaves from %q, %v", sender, err)
		}
		recipients, err := composed.GetRecipients()
		if err != nil || len(recipients) != 1 || strings.ContainsAny(recipients[0], "\r\n") {
			t.Errorf("want one recipient, got %q, %v", recipients, err)
		}
		var raw bytes.Buffer
		if _, err := composed.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		wantNoMarkup(t, m)
		wantOwnHeaders(t, &raw)
	})
}

// wantNoMarkup: a name brings no element into the HTML and no line into the text.
func wantNoMarkup(t *testing.T, m Message) {
	t.Helper()
	plain := letters.Linked(messages.Dutch, Link{At: time.Unix(0, 0), Name: "De Regenboog", Code: "03AB"})
	if got, want := strings.Count(m.HTML, "<"), strings.Count(plain.HTML, "<"); got != want {
		t.Errorf("%d times < in the HTML, want %d:\n%s", got, want, m.HTML)
	}
	if got, want := strings.Count(m.Text, "\n"), strings.Count(plain.Text, "\n"); got != want {
		t.Errorf("%d lines of text, want %d:\n%s", got, want, m.Text)
	}
}

func wantOwnHeaders(t *testing.T, raw io.Reader) {
	t.Helper()
	parsed, err := mail.ReadMessage(raw)
	if err != nil {
		t.Fatalf("the mail can't be read back: %v", err)
	}
	own := []string{"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version",
		"Subject", "To", "X-Auto-Response-Suppress"}
	for header, values := range parsed.Header {
		if !slices.Contains(own, header) || len(values) != 1 {
			t.Errorf("unexpected header %s: %q", header, values)
		}
	}
}
