package faults

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/workflows"
)

// Moments of the journeys below, counted from the login. Time is skipped: ten minutes take none.
const (
	proved    = time.Minute     // the proof is sent, and with it the first mail is due
	longest   = 5 * time.Minute // between two attempts
	impatient = time.Second     // how long a mail may take here; 25 seconds in production
)

// mailFaults says what each bad day of a mail server comes to. In all of them the person ends linked, by the PIN of
// the mail that arrived.
var mailFaults = []struct {
	name   string
	begin  func(*mailRoom)
	lasts  time.Duration // from the proof on
	look   time.Duration // after the proof, while the fault lasts
	says   string        // key of the text on the page then
	raises string        // attention in Temporal then
	copies int           // of the mail with the PIN
}{
	{"refuses connections for ten minutes", (*mailRoom).shut, 10 * time.Minute, 6 * time.Minute, "st.late", "slow", 1},
	{"answers 421 for ten minutes", shows(mailtest.Fault{At: mailtest.Connecting, Reply: 421}), 10 * time.Minute, 6 * time.Minute, "st.late", "slow", 1},
	{"answers 451 for ten minutes", shows(mailtest.Fault{At: mailtest.Recipient, Reply: 451}), 10 * time.Minute, 6 * time.Minute, "st.late", "slow", 1},
	{"sends one byte a second", func(m *mailRoom) { m.server.SetPace(time.Second) }, 10 * time.Second, 8 * time.Second, "st.late", "", 1},
	{"is silent after its greeting", shows(mailtest.Fault{At: mailtest.Greeted, Delay: time.Hour}), 10 * time.Second, 8 * time.Second, "st.late", "", 1},
	{"hangs up after the final dot", shows(mailtest.Fault{At: mailtest.Content, Drop: true, Times: 1}), time.Second, time.Second, "st.late", "", 2},
	{"answers 550", shows(mailtest.Fault{At: mailtest.Recipient, Reply: 550}), 10 * time.Minute, 6 * time.Minute, "st.fail", "mail_refused", 1},
}

func shows(fault mailtest.Fault) func(*mailRoom) {
	return func(m *mailRoom) { m.server.SetFault(fault) }
}

func TestMailServersOnABadDay(t *testing.T) {
	for _, fault := range mailFaults {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			m := newMailRoom(t)
			fault.begin(m)
			m.send(proved, "proof", workflows.SubmitCredentials, proof)
			m.at(proved+fault.look, func() {
				m.wantPage(fault.says)
				m.wantAttention(fault.raises)
				m.wantNoClock()
			})
			m.at(proved+fault.lasts, m.heal)
			to := janeEmail
			if fault.says == "st.fail" {
				to = "jane@elders.example"
				m.at(proved+fault.look, func() { m.wantLink("/koppelen/e-mail") })
				m.send(proved+fault.lasts+time.Second, "address", workflows.ChangeAddress, map[string]any{"email": to})
			}
			// After ten minutes of fault a PIN whose clock ran from the proof on would have ended by now.
			typed := proved + fault.lasts + longest + 10*time.Second
			m.at(typed, func() {
				m.wantPage("st.sent")
				m.wantMails(to, fault.copies)
			})
			m.sendLater(typed, "pin", workflows.SubmitPIN, func() any { return m.pinForm(to) })
			m.run()
			if fault.says == "st.fail" {
				m.wantAttempts(2) // one at each address
				return
			}
			m.wantBackoff(fault.lasts)
		})
	}
}

// wantPage looks at the page of the PIN.
func (m *mailRoom) wantPage(key string) {
	m.t.Helper()
	text, _, _ := strings.Cut(messages.Text(messages.Dutch, key, nil), "{")
	if page := m.page(); !strings.Contains(page, text) {
		m.t.Errorf("after %s the page does not say %q:\n%s", m.Now().Sub(m.started), text, page)
	}
}

// wantNoClock checks that the PIN that no mail server has accepted has no end yet.
func (m *mailRoom) wantNoClock() {
	m.t.Helper()
	if n := m.count(`pins where accepted_at is not null or expires_at is not null`); n != 0 {
		m.t.Errorf("the clock of %d PINs runs before a mail server took the mail", n)
	}
}

// wantMails checks what came in: so many copies of one mail, with one PIN that works from acceptance on.
func (m *mailRoom) wantMails(to string, copies int) {
	m.t.Helper()
	pins, ids := map[string]bool{}, map[string]bool{}
	mails := m.pinMails(to)
	for _, mail := range mails {
		pins[pinOf(mail.Text)], ids[mail.Header.Get("Message-Id")] = true, true
	}
	if len(mails) != copies || len(pins) != 1 || len(ids) != 1 {
		m.t.Errorf("got %d mails with PINs %v and ids %v, want %d of one mail", len(mails), pins, ids, copies)
	}
	if n := m.count(fmt.Sprintf(`pins where expires_at = accepted_at + interval '%d seconds' and voided_at is null`,
		int(onboarding.PINLife.Seconds()))); n != 1 {
		m.t.Errorf("%d PINs work for %s from their acceptance, want 1", n, onboarding.PINLife)
	}
}

// wantBackoff checks that attempts at the PIN mail went on until it was accepted, at first after 2 seconds, then ever
// more rarely, but never more than five minutes apart.
func (m *mailRoom) wantBackoff(lasts time.Duration) {
	m.t.Helper()
	attempts := m.tries
	gap := 2 * time.Second
	for i := 1; i < len(attempts); i++ {
		if got := attempts[i].Sub(attempts[i-1]).Round(time.Second); got != gap {
			m.t.Errorf("attempt %d came %s after the one before, want %s: %v", i+1, got, gap, attempts)
		}
		gap = min(2*gap, longest)
	}
	if last := attempts[len(attempts)-1].Sub(attempts[0]); len(attempts) < 2 || last < lasts-time.Second || last > lasts+longest {
		m.t.Errorf("the last of %d attempts came after %s, want it after the fault of %s and at most %s later", len(attempts), last, lasts, longest)
	}
}

func (m *mailRoom) wantAttempts(n int) {
	m.t.Helper()
	if got := len(m.tries); got != n {
		m.t.Errorf("%d attempts, want %d", got, n)
	}
}
