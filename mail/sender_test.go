package mail

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/messages"
)

const from = "MijnHelpdeskPO <noreply@koppel.example>"

var jane = Message{
	To:       "jane.jansen@regenboog.example",
	ID:       "link-4f2a.pin.1",
	Language: messages.Dutch,
	Subject:  "Uw pincode – één",
	Text:     "Uw pincode is: 481516\n",
	HTML:     "<p>Uw pincode is: 481516</p>\n",
}

func newSender(t *testing.T, settings Settings) *Sender {
	t.Helper()
	if settings.From == "" {
		settings.From = from
	}
	if settings.TLS == "" {
		settings.TLS = TLSNone
	}
	sender, err := NewSender(settings)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func TestSendDelivers(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	sender := newSender(t, Settings{Address: server.Address(), ReplyTo: "helpdeskpo@koppel.example"})
	if err := sender.Send(t.Context(), jane); err != nil {
		t.Fatal(err)
	}
	got, err := server.Wait(t.Context(), func(m mailtest.Mail) bool { return m.SentTo(string(jane.To)) })
	if err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{
		"From":                     `"MijnHelpdeskPO" <noreply@koppel.example>`,
		"To":                       "<jane.jansen@regenboog.example>",
		"Reply-To":                 "<helpdeskpo@koppel.example>",
		"Message-Id":               "<link-4f2a.pin.1@koppel.example>",
		"Auto-Submitted":           "auto-generated",
		"X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",
		"Content-Language":         "nl",
		"In-Reply-To":              "",
		"Precedence":               "",
		"List-Unsubscribe":         "",
		"User-Agent":               "",
		"X-Mailer":                 "",
	}
	for name, want := range headers {
		if value := got.Header.Get(name); value != want {
			t.Errorf("%s: want %q, got %q", name, want, value)
		}
	}
	if date, err := got.Header.Date(); err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("Date: want now, got %v, %v", date, err)
	}
	if got.Subject != jane.Subject || got.Text != jane.Text || got.HTML != jane.HTML || got.From != "noreply@koppel.example" {
		t.Errorf("want %+v, got %+v", jane, got)
	}
	if parts := strings.Join(got.Parts, " "); parts != "text/plain text/html" ||
		!strings.HasPrefix(got.Header.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("want text before HTML as alternatives, got %s in %s", parts, got.Header.Get("Content-Type"))
	}
}

func TestSendTellsRefusalFromDeferral(t *testing.T) {
	tests := []struct {
		name  string
		fault mailtest.Fault
		want  error
	}{
		{"sender refused", mailtest.Fault{At: mailtest.Sender, Reply: 550}, &Refusal{Code: 550}},
		{"recipient refused", mailtest.Fault{At: mailtest.Recipient, Reply: 550}, &Refusal{Code: 550}},
		{"recipient name refused", mailtest.Fault{At: mailtest.Recipient, Reply: 553}, &Refusal{Code: 553}},
		{"content refused", mailtest.Fault{At: mailtest.Content, Reply: 554}, &Refusal{Code: 554}},
		{"closed for now", mailtest.Fault{At: mailtest.Connecting, Reply: 421}, &Deferral{Code: 421}},
		{"no mail here", mailtest.Fault{At: mailtest.Connecting, Reply: 554}, &Deferral{Code: 554}},
		{"must log in", mailtest.Fault{At: mailtest.Sender, Reply: 530}, &Deferral{Code: 530}},
		{"sender later", mailtest.Fault{At: mailtest.Sender, Reply: 421}, &Deferral{Code: 421}},
		{"greylisted", mailtest.Fault{At: mailtest.Recipient, Reply: 451}, &Deferral{Code: 451}},
		{"content later", mailtest.Fault{At: mailtest.Content, Reply: 452}, &Deferral{Code: 452}},
		{"lost before the greeting", mailtest.Fault{At: mailtest.Connecting, Drop: true}, &Deferral{}},
		{"lost at the sender", mailtest.Fault{At: mailtest.Sender, Drop: true}, &Deferral{}},
		{"lost at the recipient", mailtest.Fault{At: mailtest.Recipient, Drop: true}, &Deferral{}},
		{"lost after the final dot", mailtest.Fault{At: mailtest.Content, Drop: true}, &Deferral{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, mailtest.Options{})
			server.SetFault(test.fault)
			err := newSender(t, Settings{Address: server.Address()}).Send(t.Context(), jane)
			wantFailure(t, test.want, err)
			wantNothingPersonal(t, err)
			if server.Attempts() > 1 {
				t.Errorf("want one attempt, got %d", server.Attempts())
			}
		})
	}
}

func wantFailure(t *testing.T, want, got error) {
	t.Helper()
	switch want := want.(type) {
	case *Refusal:
		if refusal, ok := errors.AsType[*Refusal](got); !ok || *refusal != *want {
			t.Errorf("want refusal %d, got %T: %v", want.Code, got, got)
		}
	case *Deferral:
		if deferral, ok := errors.AsType[*Deferral](got); !ok || deferral.Code != want.Code {
			t.Errorf("want deferral %d, got %T: %v", want.Code, got, got)
		}
	}
}

// wantNothingPersonal looks at every error of the chain, because Temporal stores each.
func wantNothingPersonal(t *testing.T, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		for _, secret := range []string{"jane", "regenboog", "481516", "Pincode", "link-4f2a", "not taken"} {
			if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(secret)) {
				t.Errorf("%q in the error: %v", secret, err)
			}
		}
	}
}

func TestSameMailTwiceHasOneMessageID(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	server.SetFault(mailtest.Fault{At: mailtest.Content, Drop: true, Times: 1})
	sender := newSender(t, Settings{Address: server.Address()})
	if err := sender.Send(t.Context(), jane); err == nil {
		t.Fatal("want an error: the server hung up before it answered")
	}
	if err := sender.Send(t.Context(), jane); err != nil {
		t.Fatal(err)
	}
	mails := server.Mails()
	if len(mails) != 2 || mails[0].Header.Get("Message-Id") != mails[1].Header.Get("Message-Id") {
		t.Errorf("want two mails with one Message-ID, got %d", len(mails))
	}
}

func TestSendEndsInTime(t *testing.T) {
	tests := []struct {
		name  string
		fault mailtest.Fault
		pace  time.Duration
	}{
		{"silent before the greeting", mailtest.Fault{At: mailtest.Connecting, Delay: time.Minute}, 0},
		{"silent after the greeting", mailtest.Fault{At: mailtest.Greeted, Delay: time.Minute}, 0},
		{"silent at the recipient", mailtest.Fault{At: mailtest.Recipient, Delay: time.Minute}, 0},
		{"silent after the final dot", mailtest.Fault{At: mailtest.Content, Delay: time.Minute}, 0},
		{"byte by byte", mailtest.Fault{}, 50 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, mailtest.Options{})
			server.SetFault(test.fault)
			server.SetPace(test.pace)
			sender := newSender(t, Settings{Address: server.Address()})
			sender.timeout = 300 * time.Millisecond
			began := time.Now()
			err := sender.Send(t.Context(), jane)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("want the deadline as cause, got %v", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("want an end soon after 300 ms, took %v", took)
			}
			wantFailure(t, &Deferral{}, err)
			wantNothingPersonal(t, err)
		})
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	server.SetFault(mailtest.Fault{At: mailtest.Recipient, Delay: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- newSender(t, Settings{Address: server.Address()}).Send(ctx, jane) }()
	for server.Attempts() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("want the context's end as cause, got %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("want an end with the context, still sending")
	}
}

func TestSendWithoutServer(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	err = newSender(t, Settings{Address: address}).Send(t.Context(), jane)
	wantFailure(t, &Deferral{}, err)
	if err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("want an error that names the server %s, got %v", address, err)
	}
}

func TestNewSenderChecksSettings(t *testing.T) {
	good := Settings{Address: "localhost:25", From: from, ReplyTo: "helpdeskpo@koppel.example", TLS: TLSNone}
	tests := []struct {
		name   string
		change func(*Settings)
		want   string
	}{
		{"all right", func(*Settings) {}, ""},
		{"no port", func(s *Settings) { s.Address = "localhost" }, "missing port"},
		{"port is a word", func(s *Settings) { s.Address = "localhost:smtp" }, "host:port"},
		{"no host", func(s *Settings) { s.Address = ":25" }, "host:port"},
		{"from", func(s *Settings) { s.From = "MijnHelpdeskPO" }, "from"},
		{"reply to", func(s *Settings) { s.ReplyTo = "helpdesk" }, "reply to"},
		{"bounce address", func(s *Settings) { s.BounceAddress = "bounce" }, "bounce address"},
		{"policy", func(s *Settings) { s.TLS = "maybe" }, "TLS policy"},
		{"password in the clear", func(s *Settings) { s.Username, s.Password = "koppel", "Geheim-123" }, "mandatory"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			settings := good
			test.change(&settings)
			_, err := NewSender(settings)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "Geheim") {
				t.Errorf("want an error with %q and no password, got %v", test.want, err)
			}
		})
	}
}
