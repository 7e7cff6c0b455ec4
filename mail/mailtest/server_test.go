package mailtest

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"sync"
	"testing"
	"time"
)

func send(server *Server, subject string) error {
	content := "Subject: " + subject + "\r\nContent-Type: text/plain\r\n\r\nword\r\n"
	return smtp.SendMail(server.Address(), nil, "koppel@example.org", []string{"jane@example.org"}, []byte(content))
}

func TestWaitForAMailThatComesLater(t *testing.T) {
	server := Start(t, Options{})
	var group sync.WaitGroup
	for i := range 10 {
		subject := fmt.Sprint("mail ", i)
		group.Go(func() {
			m, err := server.Wait(t.Context(), func(m Mail) bool { return m.Subject == subject })
			if err != nil || m.Text != "word\n" || !m.SentTo("jane@example.org") {
				t.Errorf("want %s, got %+v, %v", subject, m, err)
			}
		})
		group.Go(func() {
			if err := send(server, subject); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(server.Mails()) != 10 || server.Attempts() != 10 {
		t.Errorf("want 10 mails by 10 attempts, got %d by %d", len(server.Mails()), server.Attempts())
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	server := Start(t, Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := server.Wait(ctx, func(Mail) bool { return true }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("want the context's end, got %v", err)
	}
}

func TestFaultShowsAsOftenAsAsked(t *testing.T) {
	server := Start(t, Options{})
	server.SetFault(Fault{At: Recipient, Reply: 451, Times: 2})
	for attempt, refused := range []bool{true, true, false} {
		if err := send(server, "again"); (err != nil) != refused {
			t.Errorf("attempt %d: want refused %t, got %v", attempt+1, refused, err)
		}
	}
	server.SetFault(Fault{At: Content, Reply: 550})
	if err := send(server, "refused"); err == nil {
		t.Error("want a refusal of the content")
	}
	if mails := server.Mails(); len(mails) != 1 {
		t.Errorf("want the one mail that was taken, got %d", len(mails))
	}
}
