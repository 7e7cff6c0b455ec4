package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"koppel/onboarding"
)

// The threats that a browser brings, as docs/threats.md numbers them.

// T5: jane has a form open in one tab; in another tab of the same browser piet logs in. Whatever jane's tab sends is
// never submitted for piet: it shows where piet stands.
func TestFormOfAnotherIdentityIsNeverSubmitted(t *testing.T) {
	t.Parallel()
	steps := []onboarding.Step{onboarding.AwaitProof, onboarding.MailingPIN, onboarding.AwaitPIN, onboarding.Completing, onboarding.Linked}
	for _, janes := range steps[:3] {
		for _, piets := range steps {
			t.Run(string(janes)+" then "+string(piets), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				b := w.browser()
				b.login("jane")
				w.at(janes, nil)
				nonce := b.get(linkTrail.paths[placeOf(janes)]).value("nonce")
				w.now = w.now.Add(time.Second)
				b.login("piet")
				w.at(piets, nil)
				if piets == onboarding.Linked {
					w.link()
				}
				for path := range formsOfACase {
					b.sendsOld(path, nonce, piets)
				}
				if len(w.engine.updates) != 0 {
					t.Errorf("submitted: %+v", w.engine.updates)
				}
			})
		}
	}
}

// sendsOld posts a form with the nonce of another session and checks that it leads to the step.
func (b *browser) sendsOld(path, nonce string, step onboarding.Step) {
	b.w.t.Helper()
	form := credentials(nonce)
	form.Set("pin", "123456")
	a := b.post(path, form)
	if a.Code == http.StatusUnprocessableEntity && formsOfACase[path] == placeOf(step) {
		a.says(nl("e.stale"))
		return
	}
	want := linkTrail.paths[placeOf(step)]
	if step == onboarding.Linked {
		want = homePath
	}
	a.redirects(want)
}

// formsOfACase are the forms of a linking and where each belongs.
var formsOfACase = map[string]place{
	linkPath: atProof, pinPath: atPIN, "/koppelen/pincode/opnieuw": atPIN, "/koppelen/e-mail": atPIN,
}

// T17: nobody tries passwords without an eHerkenning login.
func TestCredentialsNeedALogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := w.browser()
	for path := range formsOfACase {
		stranger.post(path, url.Values{"username": {"regenboog01"}, "password": {"Regenboog-2019"}}).redirects(loginPath)
	}
	if len(w.engine.updates) != 0 || len(w.engine.started) != 0 {
		t.Error("a stranger's form was submitted")
	}
}
