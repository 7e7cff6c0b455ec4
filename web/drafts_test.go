package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
)

// typedAddress is the address that the link page holds after a login in another browser.
func (w *world) typedAddress(username string) string {
	w.t.Helper()
	b := w.browser()
	return b.follow(b.login(username)).expect(http.StatusOK).value("email")
}

func TestTheTypedAddressOutlivesTheSession(t *testing.T) {
	t.Parallel()
	sends := map[string]func(*browser, string){
		"sent and refused": func(b *browser, nonce string) {
			b.w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 4})
			b.post(linkPath, credentials(nonce)).expect(http.StatusUnprocessableEntity)
		},
		"sent with a fault": func(b *browser, nonce string) {
			b.post(linkPath, url.Values{"nonce": {nonce}, "email": credentials("")["email"]}).expect(http.StatusUnprocessableEntity)
		},
		"sent with an old login": func(b *browser, nonce string) {
			b.w.now = b.w.now.Add(onboarding.LoginFresh + time.Second)
			b.post(linkPath, credentials(nonce)).expect(http.StatusForbidden)
		},
		"sent too late": func(b *browser, nonce string) {
			b.w.now = b.w.now.Add(onboarding.SessionIdleUnlinked + time.Second)
			b.post(linkPath, credentials(nonce)).redirects(expiredPath)
		},
	}
	for name, send := range sends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			send(b, b.get(linkPath).value("nonce"))
			if got := w.typedAddress("jane"); got != credentials("").Get("email") {
				t.Errorf("after a new login the address is %q", got)
			}
			if got := w.typedAddress("piet"); got != "" {
				t.Errorf("somebody else finds %q", got)
			}
		})
	}
}

func TestATypedAddressIsForgotten(t *testing.T) {
	t.Parallel()
	ends := map[string]func(*browser){
		"after its time": func(b *browser) { b.w.now = b.w.now.Add(onboarding.DraftKept) },
		"when the person stops": func(b *browser) {
			b.w.engine.answers(onboarding.Verdict{Outcome: onboarding.Accepted})
			b.post("/koppelen/stoppen", url.Values{"nonce": {b.get(linkPath).value("nonce")}}).redirects(loggedOutPath)
		},
		"when the case has it": func(b *browser) {
			b.w.engine.answers(onboarding.Verdict{Outcome: onboarding.Accepted})
			b.post(linkPath, credentials(b.get(linkPath).value("nonce"))).expect(http.StatusSeeOther)
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 4})
			b.post(linkPath, credentials(b.get(linkPath).value("nonce"))).expect(http.StatusUnprocessableEntity)
			end(b)
			if got := w.typedAddress("jane"); got != "" {
				t.Errorf("the address is still there: %q", got)
			}
		})
	}
}

func TestADraftIsSealedAndHoldsNoPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 4})
	b.post(linkPath, credentials(b.get(linkPath).value("nonce"))).expect(http.StatusUnprocessableEntity)
	kept, err := w.db.Draft(t.Context(), w.identity(), w.now)
	w.must(err)
	opened, err := w.records.Open(draftPlace(w.identity()), kept.Sealed)
	w.must(err)
	if strings.Contains(string(kept.Sealed), "regenboog") {
		t.Error("the address stands in clear")
	}
	if want := `{"email":" J.Jansen@Regenboog.example ","mode":"","asked":""}`; string(opened) != want {
		t.Errorf("the draft holds %s, want %s", opened, want)
	}
}

// TestALapsedSessionKeepsNothingForOthers: whoever has the cookie of a session that has lapsed, but no form of it, or
// one of a session that was ended, cannot fill in an address there.
func TestALapsedSessionKeepsNothingForOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	stolen, nonce := b.copy(), b.get(linkPath).value("nonce")
	w.now = w.now.Add(onboarding.SessionIdleUnlinked + time.Second)
	stolen.post(linkPath, credentials("x.y")).redirects(expiredPath)
	_, err := w.sql.Exec(`delete from sessions`)
	w.must(err)
	stolen.post(linkPath, credentials(nonce)).redirects(expiredPath)
	if got := w.typedAddress("jane"); got != "" {
		t.Errorf("a stranger filled in %q", got)
	}
}
