package mail

import (
	"net"
	"testing"

	"koppel/mail/mailtest"
)

func TestPingGoesAsFarAsTheLoginAndSendsNothing(t *testing.T) {
	config, roots := loopbackTLS(t)
	server := mailtest.Start(t, mailtest.Options{TLS: config, Username: "koppel", Password: "Geheim-123"})
	settings := Settings{Address: server.Address(), TLS: TLSMandatory, Roots: roots, Username: "koppel", Password: "Geheim-123"}
	if err := newSender(t, settings).Ping(t.Context()); err != nil {
		t.Errorf("right password: %v", err)
	}
	settings.Password = "Geheim-124"
	wantFailure(t, &Deferral{Code: 535}, newSender(t, settings).Ping(t.Context()))
	if server.Attempts() != 0 || len(server.Mails()) != 0 {
		t.Errorf("%d mails were begun, %d taken", server.Attempts(), len(server.Mails()))
	}
}

func TestPingFailsWhereNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	if err := newSender(t, Settings{Address: address}).Ping(t.Context()); err == nil {
		t.Error("no error")
	}
}
