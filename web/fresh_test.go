package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/workflows"
)

// loginFrom presses the button of a page that asks for a login, and logs in.
func (b *browser) loginFrom(page answer, username string) answer {
	b.w.t.Helper()
	form := url.Values{}
	if field := page.doc.Find(`main input[name="` + comebackField + `"]`); field.Length() > 0 {
		form.Set(comebackField, field.AttrOr("value", ""))
	}
	return b.loginAsking(form, username)
}

// loginAsking starts a login with a form and logs in.
func (b *browser) loginAsking(form url.Values, username string) answer {
	b.w.t.Helper()
	requestID, relayState := b.startWith(form)
	who := persona(username)
	return b.get(back(relayState, b.w.broker.HandOut(b.w.broker.Answer(requestID, who, who.Organisations[0]))))
}

func TestAProofNeedsAFreshLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	nonce := b.get(linkPath).value("nonce")
	w.now = w.now.Add(onboarding.LoginFresh)
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 4})
	nonce = b.post(linkPath, credentials(nonce)).expect(http.StatusUnprocessableEntity).value("nonce")
	w.now = w.now.Add(time.Second)
	asked := len(w.engine.updates)
	page := b.post(linkPath, credentials(nonce)).expect(http.StatusForbidden).headed(nl("p.fresh.link.h"))
	if len(w.engine.updates) != asked {
		t.Error("a proof with an old login reached the case")
	}
	b.get(linkPath).expect(http.StatusForbidden).headed(nl("p.fresh.link.h"))
	b.loginFrom(page, "jane").redirects(linkPath)
	b.post(linkPath, credentials(b.get(linkPath).value("nonce"))).expect(http.StatusUnprocessableEntity)
	if len(w.engine.updates) != asked+1 || w.engine.last().UpdateName != workflows.SubmitCredentials {
		t.Error("a proof with a new login did not reach the case")
	}
}

func TestALoginLeadsToPagesOfOursOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	w.link()
	for where, target := range map[string]string{
		"": homePath, "https://elsewhere.example/": homePath, "//elsewhere.example": homePath, "/uitloggen": homePath,
		string(backToLink): linkPath,
	} {
		w.browser().loginAsking(url.Values{comebackField: {where}}, "jane").redirects(target)
	}
}
