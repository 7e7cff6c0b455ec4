package web

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"koppel/onboarding"
	"koppel/workflows"
)

// activation fills in the form that proves an institution.
func activation(nonce string) url.Values {
	return url.Values{"nonce": {nonce}, "email": {" J.Jansen@Regenboog.example "}, "code": {" bfgg 5cdh pl8d jgj4"}}
}

func TestActivationCodeIsHandedOverSealedAsItWasPrinted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	nonce := b.get(codePath).value("nonce")
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		w.at(onboarding.MailingPIN, nil)
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	b.post(codePath, activation(nonce)).redirects(pinPath)
	id, _, _ := strings.Cut(nonce, ".")
	update := w.engine.last()
	if update.UpdateName != workflows.SubmitActivationCode || update.UpdateID != id || update.Args[0] != (workflows.Submission{Handover: id}) {
		t.Errorf("update is %+v", update)
	}
	var form codeInput
	w.handedOver(id, &form)
	if want := (codeInput{"J.Jansen@regenboog.example", "BFGG5CDHP18DJGJ4", "nl"}); form != want {
		t.Errorf("handed over %+v, want %+v", form, want)
	}
}

func TestSwitchBetweenTheFormsKeepsTheAddressAndAsksNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	page := b.get(linkPath)
	buttons := page.doc.Find(`main form [type="submit"]`)
	if first := buttons.First(); first.AttrOr("name", "") != "" || first.AttrOr("formaction", "") != "" {
		t.Error("Enter presses the switch")
	}
	target := page.doc.Find(`[name="wissel"]`).AttrOr("formaction", "")
	form := credentials(page.value("nonce"))
	form.Set("wissel", "1")
	page = b.post(target, form).expect(http.StatusOK).headed(nl("code.h"))
	if got := page.value("email"); got != form.Get("email") {
		t.Errorf("the address is %q", got)
	}
	if strings.Contains(page.Body.String(), "Regenboog-2019") {
		t.Error("the password is on the page")
	}
	back := page.doc.Find(`[name="wissel"]`).AttrOr("formaction", "")
	page = b.post(back, url.Values{"email": {"half@"}, "code": {"x"}, "wissel": {"1"}}).expect(http.StatusOK).headed(nl("link.h"))
	if got := page.value("email"); got != "half@" {
		t.Errorf("the address is %q", got)
	}
	if len(w.engine.updates) != 0 {
		t.Error("a switch was submitted")
	}
}

func TestLanguageSwitchKeepsTheFormForActivationCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	link := b.get(codePath).doc.Find("a.app-language").AttrOr("href", "")
	b.follow(b.get(linkPath + link)).headed(en("code.h"))
	b.get(linkPath + "?taal=nl")
	page := b.post(codePath, activation("x.y")).expect(http.StatusUnprocessableEntity)
	again := url.Values{}
	page.doc.Find("header form [type=hidden]").Each(func(_ int, field *selection) {
		again.Add(field.AttrOr("name", ""), field.AttrOr("value", ""))
	})
	page = b.post(page.doc.Find("header form").First().AttrOr("action", ""), again).headed(en("code.h"))
	if page.value("code") != activation("").Get("code") {
		t.Error("the code is lost")
	}
}

func TestTypingMistakesAreToldBeforeATryIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	for typed, says := range map[string]string{
		"":                    nl("e.code.empty"),
		"BFGG-5CDH":           nl("e.code.form", "n", "8"),
		"BFGG-5CDH-P18D-JGJU": nl("e.code.symbols"),
		"BFGG-5CDH-P18D-JJG4": nl("e.code.check"),
	} {
		form := activation(b.get(codePath).value("nonce"))
		form.Set("code", typed)
		page := b.post(codePath, form).expect(http.StatusUnprocessableEntity).says(says)
		if page.value("code") != typed {
			t.Errorf("%q came back as %q", typed, page.value("code"))
		}
	}
	if len(w.engine.updates) != 0 {
		t.Error("a typing mistake was submitted")
	}
}

func TestVerdictsOnActivationCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	for _, test := range []struct {
		verdict onboarding.Verdict
		says    string
	}{
		{onboarding.Verdict{Outcome: onboarding.WrongCode, TriesLeft: 4}, nl("e.code.unknown", "n", "4")},
		{onboarding.Verdict{Outcome: onboarding.CodeUsed}, nl("e.code.used")},
		{onboarding.Verdict{Outcome: onboarding.CodeEnded, Until: noon.AddDate(0, 0, -2)}, nl("e.code.expired", "datum", "19 april 2026")},
	} {
		w.engine.answers(test.verdict)
		form := activation(b.get(codePath).value("nonce"))
		page := b.post(codePath, form).expect(http.StatusUnprocessableEntity).headed(nl("code.h")).says(test.says)
		if page.value("code") != form.Get("code") || page.value("nonce") == form.Get("nonce") {
			t.Error("the form lost its code or kept its nonce")
		}
	}
}

// T9 at this door: one form many times at once is one update.
func TestEqualCodeFormsAtOnceAreOneUpdateAndLookTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	form := activation(b.get(codePath).value("nonce"))
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCode, TriesLeft: 4})
	pages := make(chan string, 30) // as many as the pace of a network lets through
	var all sync.WaitGroup
	for range cap(pages) {
		all.Go(func() {
			page := b.copy().post(codePath, form)
			pages <- strings.ReplaceAll(page.doc.Find("main").Text(), page.value("nonce"), "NONCE")
		})
	}
	all.Wait()
	close(pages)
	first := <-pages
	for page := range pages {
		if page != first {
			t.Fatalf("%s\nand %s", first, page)
		}
	}
	ids := map[string]bool{}
	for _, update := range w.engine.updates {
		ids[update.UpdateID] = true
	}
	if len(ids) != 1 {
		t.Errorf("%d updates", len(ids))
	}
}
