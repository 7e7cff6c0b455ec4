package devstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

const (
	jane = "jane@example.org"
	from = "noreply@koppel.example"
)

func TestMailboxShowsAndKeepsWhatArrives(t *testing.T) {
	dir := t.TempDir()
	box := startMailbox(t, dir)
	send(t, box, jane, sample("Eerste"))
	send(t, box, "piet@example.org", sample("Tweede"))
	mail, err := box.Await(t.Context(), strings.ToUpper(jane), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := Mail{
		Number: 1, Received: mail.Received, From: from, To: []string{jane}, Subject: "Eerste één", MessageID: "1@koppel.example",
		Text: "Uw pincode is 012345.", HTML: "<p>Uw pincode is <b>012345</b>.</p>", Header: mail.Header,
	}
	if fmt.Sprint(mail) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", mail, want)
	}
	for path, text := range map[string]string{
		"/": "Tweede één", "/?to=" + jane: "Eerste één", "/mail/1": "Uw pincode is 012345.", "/mail/1/html": "<b>012345</b>",
	} {
		if page := get(t, box.URL()+path); !strings.Contains(page, text) {
			t.Errorf("%s does not show %q:\n%s", path, text, page)
		}
	}
	if page := get(t, box.URL()+"/?to="+jane); strings.Contains(page, "Tweede") {
		t.Error("the list of one address shows a mail to another")
	}

	again := startMailbox(t, dir)
	if mails := again.Mails(""); len(mails) != 2 || mails[1].Subject != "Tweede één" || mails[1].To[0] != "piet@example.org" {
		t.Errorf("after a restart: got %+v", mails)
	}
}

func TestMailboxWaitsForAMail(t *testing.T) {
	box := startMailbox(t, "")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := box.Await(ctx, jane, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without mail: got %v, want %v", err, context.DeadlineExceeded)
	}
	sent := make(chan error, 1)
	go func() { sent <- smtp.SendMail(box.SMTPAddress(), nil, from, []string{jane}, sample("Later")) }()
	if mail, err := box.Await(t.Context(), jane, 1); err != nil || mail.Subject != "Later één" {
		t.Errorf("got %q, %v", mail.Subject, err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestMailboxFailsOnDemand(t *testing.T) {
	box := startMailbox(t, "")
	for _, test := range []struct {
		name  string
		fault Fault
		code  int // of the answer; 0: the connection is cut
		kept  int
	}{
		{"refuses the recipient for ever", Fault{Code: 550}, 550, 0},
		{"refuses the content for now", Fault{Code: 451, AtData: true}, 451, 0},
		{"drops the content", Fault{Drop: true}, 0, 0},
		{"takes the content without saying so", Fault{NoReply: true}, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(box.Mails(""))
			box.SetFault(test.fault)
			err := smtp.SendMail(box.SMTPAddress(), nil, from, []string{jane}, sample("x"))
			var answer *textproto.Error
			if errors.As(err, &answer) != (test.code != 0) || (answer != nil && answer.Code != test.code) || err == nil {
				t.Errorf("got %v, want code %d", err, test.code)
			}
			if kept := len(box.Mails("")) - before; kept != test.kept {
				t.Errorf("kept %d mails, want %d", kept, test.kept)
			}
		})
	}
	box.SetFault(Fault{Delay: 200 * time.Millisecond})
	begin := time.Now()
	send(t, box, jane, sample("slow"))
	if took := time.Since(begin); took < 200*time.Millisecond {
		t.Errorf("answered after %s, want a delay of 200 ms", took)
	}
}

func startMailbox(t *testing.T, dir string) *Mailbox {
	t.Helper()
	box, err := StartMailbox(MailboxOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Stop() })
	return box
}

func send(t *testing.T, box *Mailbox, to string, content []byte) {
	t.Helper()
	if err := smtp.SendMail(box.SMTPAddress(), nil, from, []string{to}, content); err != nil {
		t.Fatal(err)
	}
}

func sample(subject string) []byte {
	return []byte(strings.ReplaceAll(`From: koppel <`+from+`>
To: `+jane+`
Subject: =?utf-8?q?`+subject+`_=C3=A9=C3=A9n?=
Message-ID: <1@koppel.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Uw pincode is 012345.
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Uw pincode is <b>0123=
45</b>.</p>
--b--
`, "\n", "\r\n"))
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
