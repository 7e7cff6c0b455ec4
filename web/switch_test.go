package web

import (
	"net/http"
	"net/url"
	"testing"

	"koppel/onboarding"
)

// switchLanguage presses the language switch of a page that answers a form.
func (b *browser) switchLanguage(page answer) answer {
	b.w.t.Helper()
	form := page.doc.Find("nav form:has(.app-language)")
	fields := url.Values{}
	form.Find("input").Each(func(_ int, input *selection) {
		fields.Add(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	return b.post(form.AttrOr("action", "none"), fields)
}

func TestLanguageSwitchKeepsWhatWasTypedAndWhatWasWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 3})
	dutch := b.post(linkPath, credentials(b.get(linkPath).value("nonce"))).expect(http.StatusUnprocessableEntity)
	english := b.switchLanguage(dutch).expect(http.StatusUnprocessableEntity).headed(en("link.h")).says("You have 3 more tries.")
	for field, want := range map[string]string{"email": " J.Jansen@Regenboog.example ", "username": "regenboog01", "nonce": dutch.value("nonce")} {
		if got := english.value(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	b.switchLanguage(english).expect(http.StatusUnprocessableEntity).says(nl("e.cred", "n", "3"))
	if len(w.engine.updates) != 1 {
		t.Errorf("%d updates, want 1: the switch submits nothing", len(w.engine.updates))
	}
	b.get(loginPath).headed(nl("in.h"))
}

func TestLanguageSwitchOnAPINThatEndedDoesNotBringItBack(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.EndedPIN})
	page := b.post(pinPath, url.Values{"nonce": {b.get(pinPath).value("nonce")}, "pin": {"123456"}})
	if english := b.switchLanguage(page).says(en("e.pin.expired")); english.value("pin") != "" {
		t.Error("the PIN that ended is filled in again")
	}
}

func TestLanguageSwitchOfAFormThatTheCaseHasLeftBehindGoesToTheCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	page := b.post(linkPath, url.Values{"nonce": {b.get(linkPath).value("nonce")}})
	w.at(onboarding.AwaitPIN, nil)
	b.switchLanguage(page).redirects(pinPath)
}

func TestOnlyFaultsThatWeSignedAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	state := formState{faults: []fieldError{{Field: "email", Key: "e.mail.empty"}}}
	nonce := b.get(linkPath).value("nonce")
	for name, token := range map[string]string{
		"none": "", "another key": signFaults([]byte("another"), state), "a nonce": nonce,
	} {
		page := b.post(linkPath+"?taal=en", url.Values{"nonce": {nonce}, faultsField: {token}})
		if page.expect(http.StatusOK).doc.Find("[role=alert]").Length() != 0 {
			t.Errorf("%s: a fault is shown", name)
		}
	}
	if got := readFaults([]byte("key"), signFaults([]byte("key"), state)); len(got.faults) != 1 || got.faults[0].Key != "e.mail.empty" {
		t.Errorf("what was signed reads as %+v", got)
	}
}
