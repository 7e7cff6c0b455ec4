package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"koppel/onboarding"
	"koppel/store/schematest"
	"koppel/store/storetest"
	"koppel/workflows"
)

// worldOfOwn is a world whose database server the test may stop and start.
func worldOfOwn(t *testing.T) (*world, *storetest.Server) {
	t.Helper()
	server, address := storetest.Own(t)
	if err := schematest.Migrate(address); err != nil {
		t.Fatal(err)
	}
	return newWorldOn(t, address), server
}

func (a answer) away() answer {
	a.t.Helper()
	if a.expect(http.StatusServiceUnavailable).Header().Get("Retry-After") == "" {
		a.t.Error("no Retry-After")
	}
	return a
}

// TestFormsOutliveAnOutageOfTheDatabase sends each form while the database is away and once more when it is back.
func TestFormsOutliveAnOutageOfTheDatabase(t *testing.T) {
	t.Parallel()
	w, server := worldOfOwn(t)
	b := w.browser()
	b.login("jane")
	link := credentials(b.get(linkPath).value("nonce"))
	stop := url.Values{nonceField: {link.Get(nonceField)}}
	w.must(server.Stop())

	page := b.post(linkPath, link).away().headed(nl("link.h")).says(nl("e.away"))
	for _, field := range []string{"email", "username", nonceField} {
		if got := page.value(field); got != link.Get(field) {
			t.Errorf("%s: got %q, want %q", field, got, link.Get(field))
		}
	}
	if page.value("password") != "" || strings.Contains(page.Body.String(), link.Get("password")) {
		t.Error("the password is shown again")
	}
	pin := url.Values{nonceField: {"n.m"}, "pin": {"123456"}}
	if page := b.post(pinPath, pin).away().headed(nl("pin.h")); page.value("pin") != "123456" || page.value(nonceField) != "n.m" {
		t.Error("the PIN or the nonce is lost")
	}
	if page := b.post("/koppelen/e-mail", url.Values{"email": {"jan@"}}).away().headed(nl("other.h")); page.value("email") != "jan@" {
		t.Error("the address is lost")
	}
	for _, path := range []string{"/koppelen/stoppen", "/koppelen/pincode/opnieuw", "/uitloggen"} {
		page := b.post(path, stop).away().headed(nl("p.away.h"))
		if again := page.doc.Find("main form").AttrOr("action", ""); again != path || page.value(nonceField) != stop.Get(nonceField) {
			t.Errorf("%s: the button leads to %q, or the nonce is lost", path, again)
		}
	}
	w.must(server.Restart())

	b.post(linkPath, link).redirects(linkPath) // the engine moves no case here
	if len(w.engine.updates) != 1 || w.engine.last().UpdateID == "" || !strings.HasPrefix(link.Get(nonceField), w.engine.last().UpdateID+".") {
		t.Errorf("updates %+v, want one, named after the nonce of the form", w.engine.updates)
	}
	b.post("/uitloggen", stop).redirects(loggedOutPath)
}

func TestPagesWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	w, server := worldOfOwn(t)
	b := w.browser()
	b.login("jane")
	_, relayState := b.start()
	w.must(server.Stop())
	for _, path := range []string{linkPath, pinPath, homePath} {
		page := b.get(path).away().headed(nl("p.away.h"))
		if again := page.doc.Find("main a").AttrOr("href", ""); again != path {
			t.Errorf("%s: the button leads to %q", path, again)
		}
	}
	for _, path := range []string{loginPath, loggedOutPath, expiredPath, "/contact", "/privacy"} {
		b.copy().get(path).expect(http.StatusOK)
	}
	b.get("/elders").expect(http.StatusNotFound)
	b.post(startPath, nil).away().headed(nl("p.away.h"))
	answer := b.get(back(relayState, w.broker.HandOut(w.broker.Answer("_x", persona("jane"), persona("jane").Organisations[0]))))
	if again := answer.away().doc.Find("main a").AttrOr("href", ""); again != loginPath {
		t.Errorf("the way on from the broker leads to %q", again)
	}
	b.get("/readyz").expect(http.StatusServiceUnavailable)
	b.get("/healthz").expect(http.StatusOK)
	w.must(server.Restart())
	b.get("/readyz").expect(http.StatusOK)
	b.get(linkPath).expect(http.StatusOK)
	for _, line := range []string{`msg="database away" part=database cause=`, `msg="database back" part=database`} {
		if n := strings.Count(w.log.String(), line); n != 1 {
			t.Errorf("the log says %d times %q, want once", n, line)
		}
	}
}

// TestAcceptedFormIsNotTakenBackByAnOutage: the worker has judged, then the database goes.
func TestAcceptedFormIsNotTakenBackByAnOutage(t *testing.T) {
	t.Parallel()
	w, server := worldOfOwn(t)
	b := w.browser()
	b.login("jane")
	form := credentials(b.get(linkPath).value(nonceField))
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		return onboarding.Verdict{Outcome: onboarding.Accepted}, server.Stop()
	}
	b.post(linkPath, form).redirects(pinPath)
	b.get(pinPath).away()
}

func TestPageShowsThoughTheUseOfTheSessionIsNotNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	_, err := w.sql.Exec(`
		create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'full' using errcode = '53100'; end $$;
		create trigger full_disk before update on sessions for each row execute function full_disk()`)
	w.must(err)
	w.now = w.now.Add(2 * onboarding.SessionTouch)
	b.get(linkPath).expect(http.StatusOK)
	if !strings.Contains(w.log.String(), "touch session") {
		t.Error("the log does not say that the session was not touched")
	}
}

func TestLoginWhileTheBrokerIsAwayHasAWayOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.backend.Close()
	b := w.browser()
	page := b.login("jane").away().headed(nl("p.supplier.h"))
	if way := page.doc.Find("main form").AttrOr("action", ""); way != startPath {
		t.Errorf("the button leads to %q", way)
	}
	b.post(startPath, nil).expect(http.StatusOK)
	if body := b.get("/readyz").expect(http.StatusOK).Body.String(); !strings.Contains(body, "broker: away\n") {
		t.Errorf("readiness does not name the broker: %q", body)
	}
}

func TestABrowserThatLeftSaysNothingAboutTheParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	ctx, leave := context.WithCancel(t.Context())
	leave()
	b.send(httptest.NewRequest(http.MethodGet, publicURL+linkPath, nil).WithContext(ctx))
	if strings.Contains(w.log.String(), "away") || strings.Contains(w.log.String(), "level=ERROR") {
		t.Errorf("the log says that something is wrong:\n%s", w.log)
	}
}
