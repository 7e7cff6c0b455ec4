package activities

import (
	"encoding"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"koppel/keys/keyfiles"
	"koppel/onboarding"
)

// restart reads the keys anew, as web and worker do at their start.
func (d *desk) restart(dir string) {
	d.t.Helper()
	for path, into := range map[string]encoding.TextUnmarshaler{
		"worker/KOPPEL_LOOKUP_KEY": &d.Lookup, "worker/KOPPEL_PIN_KEYS": &d.PINs, "worker/KOPPEL_RECORD_KEYS": &d.Records,
		"worker/KOPPEL_HANDOVER_KEYS": &d.Receiver, "web/KOPPEL_HANDOVER_PUBLIC_KEY": &d.handover,
	} {
		content, err := os.ReadFile(filepath.Join(dir, path))
		noError(d.t, err)
		noError(d.t, into.UnmarshalText([]byte(strings.TrimSpace(string(content)))))
	}
}

// sealedWith is the id of the key that sealed the address of a case.
func (d *desk) sealedWith(caseID string) string {
	d.t.Helper()
	var sealed []byte
	noError(d.t, d.db.Get(&sealed, `select address from pins where case_id = $1`, caseID))
	return string(sealed[1 : 1+sealed[0]])
}

func TestRotationOfKeysLosesNothingThatIsUnderWay(t *testing.T) {
	d := newDesk(t)
	dir := t.TempDir()
	noError(t, keyfiles.New(dir, "old"))
	d.restart(dir)
	pin := d.mailPIN(d.prove())                          // an open PIN, and a sealed address
	form := d.hand(janeCase, map[string]any{"pin": pin}) // handed over, not yet checked
	noError(t, keyfiles.Add(dir, "fresh"))
	d.restart(dir)
	if got := d.sealedWith(janeCase); got != "old" || d.handover.IDs()[0] != "old" {
		t.Errorf("an added key is in use: address %s, hand-over %s", got, d.handover.IDs()[0])
	}
	noError(t, keyfiles.Activate(dir, "fresh"))
	d.restart(dir)

	second := "22222222-2222-4222-8222-222222222222" // a case that begins after the rotation
	d.login("piet", boardKvK)
	d.open(second, "piet")
	proven := d.credentials(second, janeUsername, janePassword, "piet@regenboog.example")
	freshPIN := d.mailPIN(proven.Mails[0])
	if got := d.text(`select key_id from pins where case_id = $1`, second) + " " + d.sealedWith(second) + " " + d.handover.IDs()[0]; got != "fresh fresh fresh" {
		t.Errorf("new work uses the keys %s", got)
	}
	wantOutcome(t, d.pin(second, wrongPIN(freshPIN)), onboarding.WrongPIN)
	wantOutcome(t, d.pin(second, freshPIN), onboarding.Accepted)

	checked, err := do[Checked](d, d.CheckPIN, form)
	noError(t, err)
	wantOutcome(t, checked, onboarding.Accepted)
	done, err := do[Completed](d, d.CompleteLinking, Completion{Case: janeCase})
	noError(t, err)
	for _, job := range done.Mails {
		if sent, err := do[Sent](d, d.SendNotice, job); err != nil || sent.State != onboarding.MailSent {
			t.Errorf("a notice to an address that was sealed before: %+v, %v", sent, err)
		}
	}
	if mails := d.mails.Mails(); !mails[2].SentTo(janeEmail) {
		t.Error("the confirmation did not go to the address that was sealed before")
	}
}
