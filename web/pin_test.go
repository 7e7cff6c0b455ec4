package web

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// atPINPage is a browser at the PIN page.
func atPINPage(t *testing.T) (*world, *browser) {
	t.Helper()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.at(onboarding.AwaitPIN, nil)
	return w, b
}

func TestPINPageTellsAboutTheMail(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	page := b.get(pinPath).expect(200).headed(nl("pin.h")).says(jansAddress, nl("st.sent", "tijd", "12.00"), "12.15")
	if page.value("pin") != "" {
		t.Error("the PIN is filled in")
	}
	for state, text := range map[string]string{"queued": "st.queue", "late": "st.late", "refused": "st.fail", "bounced": "st.fail", "superseded": "st.queue"} {
		_, err := w.sql.Exec(`update mails set state = $1`, state)
		w.must(err)
		b.get(pinPath).expect(200).says(nl(text, "email", jansAddress))
	}
}

func TestPINThatEndedIsSaidWithoutAsking(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	w.now = w.now.Add(onboarding.PINLife)
	b.get(pinPath).expect(200).says(nl("e.pin.expired"))
	if len(w.engine.updates) != 0 {
		t.Error("looking at the page asked the case")
	}
}

func TestRightPINLeadsIn(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	nonce := b.get(pinPath).value("nonce")
	before := b.cookies[sessionCookie]
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		go func() { time.Sleep(100 * time.Millisecond); w.link() }()
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	b.post(pinPath, url.Values{"nonce": {nonce}, "pin": {"12 34-56"}}).redirects(homePath)
	var form pinInput
	w.handedOver(w.engine.last().UpdateID, &form)
	if form.PIN != "123456" || len(form.Session) != 32 {
		t.Errorf("handed over %+v", form)
	}
	b.get(homePath).expect(200).headed(nl("home.h")).says(nl("ok.linked"))
	if b.cookies[sessionCookie] == before {
		t.Error("the token was not renewed")
	}
	thief := w.browser()
	thief.cookies[sessionCookie] = before
	thief.get(homePath).redirects(expiredPath)
	if again := b.get(homePath).expect(200); strings.Contains(again.doc.Text(), nl("ok.linked")) {
		t.Error("said twice that the link was made")
	}
}

func TestLinkThatTakesLongerShowsThatItIsBeingMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.at(onboarding.Completing, nil)
	b.get(linkPath).redirects(pinPath)
	b.get(pinPath).expect(200).headed(nl("p.working.h"))
	w.link()
	b.get(pinPath).redirects(homePath)
}

func TestFaultsOfThePINForm(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	for typed, message := range map[string]string{
		"": nl("e.pin.empty"), "12345": nl("e.pin.form", "n", "5"), "12345a": nl("e.pin.letters"),
	} {
		page := b.post(pinPath, url.Values{"nonce": {b.get(pinPath).value("nonce")}, "pin": {typed}}).expect(422).says(message)
		if page.value("pin") != typed {
			t.Errorf("the PIN is %q, typed was %q", page.value("pin"), typed)
		}
	}
	if len(w.engine.updates) != 0 {
		t.Error("a faulty form was submitted")
	}
}

func TestVerdictsOnAPIN(t *testing.T) {
	t.Parallel()
	tests := []struct {
		verdict onboarding.Verdict
		says    string
		kept    string
	}{
		{onboarding.Verdict{Outcome: onboarding.WrongPIN, TriesLeft: 2}, nl("e.pin.wrong", "n", "2"), "123456"},
		{onboarding.Verdict{Outcome: onboarding.EndedPIN}, nl("e.pin.expired"), ""},
		{onboarding.Verdict{Outcome: onboarding.ReplacedPIN, Until: noon}, nl("e.pin.older", "tijd", "12.00"), ""},
	}
	w, b := atPINPage(t)
	for _, test := range tests {
		t.Run(string(test.verdict.Outcome), func(t *testing.T) {
			w.engine.answers(test.verdict)
			page := b.post(pinPath, url.Values{"nonce": {b.get(pinPath).value("nonce")}, "pin": {"123456"}}).expect(422).says(test.says)
			if page.value("pin") != test.kept {
				t.Errorf("the PIN is %q, want %q", page.value("pin"), test.kept)
			}
		})
	}
}

func TestLockedPIN(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	l := w.at(onboarding.AwaitPIN, nil)
	nonce := b.get(pinPath).value("nonce")
	until := w.now.Add(15 * time.Minute)
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		_, err := w.sql.Exec(`update linkings set locked_until = $1 where id = $2`, until, l.ID)
		return onboarding.Verdict{Outcome: onboarding.Locked, Until: until}, err
	}
	locked := b.follow(b.post(pinPath, url.Values{"nonce": {nonce}, "pin": {"123456"}}))
	locked.expect(http.StatusTooManyRequests).headed(nl("p.pinblock.h")).says("12.15")
	b.get("/koppelen/e-mail").expect(http.StatusTooManyRequests)
	w.now = until
	b.get(pinPath).expect(200).headed(nl("pin.h"))
}

func TestResending(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	nonce := b.get(pinPath).value("nonce")
	sent := b.post("/koppelen/pincode/opnieuw", url.Values{"nonce": {nonce}})
	b.follow(sent).expect(200).says(nl("pin.sent", "tijd", "12.00", "email", jansAddress))
	resend := w.engine.last()
	if resend.UpdateName != workflows.ResendPIN || resend.Args[0] != (workflows.Submission{}) {
		t.Errorf("update is %+v", resend)
	}
	b.post(pinPath, url.Values{"nonce": {nonce}, "pin": {"123456"}})
	if w.engine.last().UpdateID == resend.UpdateID {
		t.Error("a PIN typed on the same page is taken for the request for a mail")
	}
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.TooSoon, Until: noon.Add(time.Minute)})
	soon := b.post("/koppelen/pincode/opnieuw", url.Values{"nonce": {b.get(pinPath).value("nonce")}})
	soon.expect(http.StatusTooManyRequests).says(nl("e.mail.soon", "tijd", "12.01"))
	if soon.Header().Get("Retry-After") != "60" {
		t.Errorf("Retry-After is %q", soon.Header().Get("Retry-After"))
	}
}

func TestLookingAtThePINPageSendsNothing(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	for range 3 {
		b.get(pinPath + "?nieuw=1&ververs=1").expect(200)
	}
	b.get("/koppelen/pincode/opnieuw").expect(http.StatusMethodNotAllowed)
	if len(w.engine.updates) != 0 {
		t.Error("a page view sent something")
	}
}

func TestOtherAddress(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	page := b.get("/koppelen/e-mail?taal=en")
	page = b.follow(page).expect(200).headed(en("other.h"))
	if page.value("email") != jansAddress {
		t.Errorf("address is %q", page.value("email"))
	}
	refused := b.post("/koppelen/e-mail", url.Values{"nonce": {page.value("nonce")}, "email": {"info@regenboog.example"}}).expect(422)
	if refused.value("email") != "info@regenboog.example" {
		t.Error("what was typed is gone")
	}
	b.post("/koppelen/e-mail", url.Values{"nonce": {refused.value("nonce")}, "email": {"jane@regenboog.example"}}).redirects(pinPath)
	var form addressInput
	w.handedOver(w.engine.last().UpdateID, &form)
	if w.engine.last().UpdateName != workflows.ChangeAddress || form != (addressInput{"jane@regenboog.example", "en"}) {
		t.Errorf("handed over %+v", form)
	}
}

func TestRefreshingEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	l := w.at(onboarding.MailingPIN, nil)
	_, err := w.sql.Exec(`update mails set state = 'late' where case_id = $1`, l.ID)
	w.must(err)
	refresh := func(query string) string {
		return b.get(pinPath + query).expect(200).Header().Get("Refresh")
	}
	for query, want := range map[string]string{
		"": "", "?ververs=1": "10; url=" + pinPath + "?ververs=2", "?ververs=12": "10; url=" + pinPath + "?ververs=13",
		"?ververs=13": "", "?ververs=0": "", "?ververs=x": "",
	} {
		if got := refresh(query); got != want {
			t.Errorf("%q refreshes with %q, want %q", query, got, want)
		}
	}
	_, err = w.sql.Exec(`update mails set state = 'sent' where case_id = $1`, l.ID)
	w.must(err)
	if got := refresh("?ververs=1"); got != "" {
		t.Errorf("refreshes after the mail was sent: %q", got)
	}
}

// Every page shows where the case stands, and every form of another step leads there without being submitted.
func TestStaleTabs(t *testing.T) {
	t.Parallel()
	places := []struct {
		step onboarding.Step
		path string // where the person is
	}{
		{onboarding.AwaitProof, linkPath}, {onboarding.MailingPIN, pinPath}, {onboarding.AwaitPIN, pinPath},
		{onboarding.Completing, pinPath}, {onboarding.Notifying, homePath}, {onboarding.Linked, homePath},
		{onboarding.Expired, linkPath}, {onboarding.Cancelled, linkPath},
	}
	pages := []string{linkPath, pinPath, "/koppelen/e-mail", homePath}
	for _, place := range places {
		t.Run(string(place.step), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			old := b.get(linkPath).value("nonce")
			w.at(place.step, func(l *store.Linking) {})
			if place.path == homePath {
				w.link()
			}
			for _, page := range pages {
				a := b.get(page)
				if page == place.path || page == "/koppelen/e-mail" && placeOf(place.step) == atPIN {
					a.expect(200)
				} else {
					a.redirects(place.path)
				}
			}
			b = keepSession(b, w)
			for form, at := range formsOfACase {
				joins := place.step == onboarding.Completing && form == pinPath // see the test of double clicks
				if joins || place.path != homePath && placeOf(place.step) == at {
					continue
				}
				values := credentials(old)
				values.Set("pin", "123456")
				b.post(form, values).redirects(place.path)
			}
			if len(w.engine.updates) != 0 {
				t.Errorf("%d stale forms were submitted", len(w.engine.updates))
			}
		})
	}
}

// keepSession logs in again where linking has renewed the session.
func keepSession(b *browser, w *world) *browser {
	if _, live := b.cookies[sessionCookie]; !live {
		b.login("jane")
	}
	return b
}

func TestFiftyEqualPostsGetOneAnswer(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	form := url.Values{"nonce": {b.get(pinPath).value("nonce")}, "pin": {"123456"}}
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		w.link()
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	answers := make([]answer, 50)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = b.copy().post(pinPath, form) })
	}
	all.Wait()
	for _, a := range answers {
		a.redirects(homePath)
	}
	if len(w.engine.updates) != 1 {
		t.Errorf("%d updates, want 1", len(w.engine.updates))
	}
}

// A mail that did not arrive and won't: the page says so, tells what to do, and claims nothing about a PIN.
func TestPINPageOffersAnotherAddressWhenTheMailIsNotDelivered(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	for _, state := range []onboarding.MailState{onboarding.MailRefused, onboarding.MailBounced} {
		_, err := w.sql.Exec(`update mails set state = $1`, state)
		w.must(err)
		for _, language := range []messages.Language{messages.Dutch, messages.English} {
			b.cookies[languageCookie] = string(language)
			page := b.get(pinPath).expect(200)
			main := page.doc.Find("main").Text()
			for key, args := range map[string]map[string]string{
				"st.fail": {"email": jansAddress}, "st.fail.allow": {"afzender": "koppel@example.nl"}, "pin.new": nil,
			} {
				if want := messages.Text(language, key, args); !strings.Contains(main, want) {
					t.Errorf("%s %s: the page does not say %q", state, language, want)
				}
			}
			button := page.doc.Find(`main a.nl-button--primary[href="/koppelen/e-mail"]`)
			if button.Length() != 1 || button.Text() != messages.Text(language, "pin.other", nil) {
				t.Errorf("%s %s: no button to another address", state, language)
			}
			for _, key := range []string{"pin.valid", "pin.lead", "pin.none.1"} {
				before, _, _ := strings.Cut(messages.Text(language, key, map[string]string{"tijd": "", "email": ""}), "  ")
				if before = strings.TrimRight(before, ". "); strings.Contains(main, before) {
					t.Errorf("%s %s: the page says %q", state, language, before)
				}
			}
		}
	}
}
