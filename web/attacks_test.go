package web

import (
	"net/http"
	"testing"
	"time"

	"koppel/eherkenning/brokertest"
)

// TestAttackedAnswersLeaveNothingBehind: whatever comes back from the broker, a refused answer makes no session, uses
// up no assertion, and leaves one event in the audit.
func TestAttackedAnswersLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger, err := brokertest.NewKey("stranger", time.Now())
	w.must(err)
	for _, attack := range brokertest.Attacks(stranger) {
		t.Run(attack.Row+" "+attack.Name, func(t *testing.T) {
			b := w.browser()
			requestID, relayState := b.start()
			events := w.rows("audit")
			jane := persona("jane")
			answer := w.broker.Answer(requestID, jane, jane.Organisations[0])
			attack.Change(&answer)
			page := b.get(back(relayState, w.broker.HandOut(answer)))
			if page.Code != http.StatusBadRequest && page.Code != http.StatusForbidden {
				t.Errorf("status %d", page.Code)
			}
			if _, found := b.cookies[sessionCookie]; found || w.rows("sessions") != 0 {
				t.Error("a session was made")
			}
			if w.rows("used_assertions") != 0 || w.rows("identities") != 0 {
				t.Error("an assertion was used up, or an identity recorded")
			}
			if n := w.rows("audit") - events; n != 1 {
				t.Errorf("%d audit events, want 1", n)
			}
			_, reference := w.lastRefusal()
			page.says(reference)
		})
	}
}

func (w *world) rows(table string) (n int) {
	w.t.Helper()
	w.must(w.sql.QueryRow(`select count(*) from ` + table).Scan(&n))
	return n
}
