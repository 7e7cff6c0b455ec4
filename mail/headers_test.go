package mail

import (
	"bytes"
	"regexp"
	"testing"

	"koppel/mail/mailtest"
)

// TestGoldenHeaders holds the whole header of a mail against testdata/headers.txt, line by line as it leaves. What
// differs each time is masked.
func TestGoldenHeaders(t *testing.T) {
	sender := newSender(t, Settings{Address: "127.0.0.1:1", ReplyTo: "helpdeskpo@koppel.example", BounceAddress: "bounce@koppel.example"})
	msg, err := sender.compose(jane)
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	header, _, _ := bytes.Cut(raw.Bytes(), []byte("\r\n\r\n"))
	header = regexp.MustCompile(`(?m)^Date: .*$`).ReplaceAll(header, []byte("Date: …"))
	header = regexp.MustCompile(`boundary=\S+`).ReplaceAll(header, []byte("boundary=…"))
	golden(t, "headers.txt", string(bytes.ReplaceAll(header, []byte("\r"), nil))+"\n")
}

func TestEachMailHasABounceAddressOfItsOwn(t *testing.T) {
	for bounce, want := range map[string]string{
		"":                              "noreply@koppel.example",
		"bounce@koppel.example":         "bounce+link-4f2a.pin.1@koppel.example",
		"Post <b+terug@bounce.example>": "b+terug+link-4f2a.pin.1@bounce.example",
	} {
		server := mailtest.Start(t, mailtest.Options{})
		if err := newSender(t, Settings{Address: server.Address(), BounceAddress: bounce}).Send(t.Context(), jane); err != nil {
			t.Fatal(err)
		}
		if got := server.Mails()[0].From; got != want {
			t.Errorf("%q: mails leave from %s, want %s", bounce, got, want)
		}
	}
}
