package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// crossSite is a form that another site posts.
func crossSite(path string, form url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, publicURL+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://elsewhere.example")
	return r
}

var policy = regexp.MustCompile(`^default-src 'none'; script-src 'nonce-([A-Za-z0-9_-]{22})'; style-src 'self'; img-src 'self'; ` +
	`connect-src 'self'; form-action 'self' (http://127\.0\.0\.1:\d+); base-uri 'none'; object-src 'none'; frame-ancestors 'none'$`)

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	want := map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-store",
		"Strict-Transport-Security":  "max-age=63072000; includeSubDomains",
	}
	nonces := map[string]bool{}
	for _, path := range []string{"/", "/koppelen", "/start", "/nowhere", "/healthz", "/eherkenning/acs", "/uitgelogd", "//elsewhere.example"} {
		header := b.get(path).Header()
		for name, value := range want {
			if header.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", path, name, header.Get(name), value)
			}
		}
		found := policy.FindStringSubmatch(header.Get("Content-Security-Policy"))
		if found == nil {
			t.Fatalf("%s: policy is %q", path, header.Get("Content-Security-Policy"))
		}
		if nonces[found[1]] {
			t.Errorf("%s: nonce used twice", path)
		}
		nonces[found[1]] = true
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	started := b.post(startPath, nil)
	loggedIn := b.login("jane")
	language := b.get("/?taal=en")
	for name, answer := range map[string]answer{browserCookie: started, sessionCookie: loggedIn, languageCookie: language} {
		var line string
		for _, set := range answer.Result().Header.Values("Set-Cookie") {
			if strings.HasPrefix(set, name+"=") {
				line = set
			}
		}
		for _, part := range []string{"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} {
			if !strings.Contains(line, part) {
				t.Errorf("%s lacks %s: %q", name, part, line)
			}
		}
		if strings.Contains(line, "Domain") || name != languageCookie && strings.Contains(line, "Max-Age") {
			t.Errorf("%s has too much: %q", name, line)
		}
	}
}

func TestPostsFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.at("await_pin", nil)
	nonce := b.get(pinPath).value("nonce")
	for _, path := range []string{startPath, linkPath, "/koppelen/stoppen", pinPath, "/koppelen/pincode/opnieuw", "/koppelen/e-mail", "/uitloggen"} {
		form := url.Values{"nonce": {nonce}, "pin": {"123456"}, "email": {"j.jansen@example.nl"}}
		b.send(crossSite(path, form)).expect(http.StatusForbidden).headed(nl("p.403.h"))
	}
	if len(w.engine.updates) != 0 {
		t.Errorf("%d updates were sent", len(w.engine.updates))
	}
	b.get(pinPath).expect(http.StatusOK)
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.get("/").headed(nl("in.h"))
	b.get("/sessie-verlopen?taal=en&x=1").redirects("/sessie-verlopen?x=1")
	b.get("/").headed(en("in.h"))
	b.get("/?taal=fr").redirects("/")
	b.get("/").headed(nl("in.h"))
	b.get("//elsewhere.example/?taal=en").expect(http.StatusNotFound)
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.get("/nowhere").expect(http.StatusNotFound).headed(nl("p.404.h"))
	b.get("//koppelen").expect(http.StatusNotFound).headed(nl("p.404.h"))
	b.get("/koppelen/").expect(http.StatusNotFound)
	b.post("/start", nil).expect(http.StatusMethodNotAllowed)
	b.get(startPath).expect(http.StatusMethodNotAllowed)
	b.login("jane")
	big := url.Values{"username": {strings.Repeat("x", bodyLimit)}}
	b.post(linkPath, big).expect(http.StatusRequestEntityTooLarge)
}

func TestLogHoldsNoHandles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	requestID, relayState := b.start()
	who := persona("jane")
	artifact := w.broker.HandOut(w.broker.Answer(requestID, who, who.Organisations[0]))
	b.get(back(relayState, artifact))
	b.get("/nowhere/j.jansen@example.nl?a=artifact")
	for _, secret := range []string{relayState, artifact, url.QueryEscape(artifact), b.cookies[sessionCookie], "j.jansen", "a=artifact"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(w.log.String(), "route="+acsPath) {
		t.Error("the log does not name the route")
	}
}

func TestReadinessNamesThePartThatIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	if body := b.get("/readyz").expect(http.StatusOK).Body.String(); body != "database: ok\ntemporal: ok\nbroker: not asked yet\n" {
		t.Errorf("ready: %q", body)
	}
	w.engine.away = errAway
	if body := b.get("/readyz").expect(http.StatusServiceUnavailable).Body.String(); body != "database: ok\ntemporal: away\nbroker: not asked yet\n" {
		t.Errorf("without Temporal: %q", body)
	}
	w.engine.away = nil
	w.db.Close()
	if body := b.get("/readyz").expect(http.StatusServiceUnavailable).Body.String(); body != "database: away\ntemporal: ok\nbroker: not asked yet\n" {
		t.Errorf("without database: %q", body)
	}
	b.get("/healthz").expect(http.StatusOK)
}

func TestOurFaultShowsAReferenceAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.db.Close()
	page := b.get(linkPath).expect(http.StatusInternalServerError)
	found := regexp.MustCompile(`reference=([0-9A-Z]{4}-[0-9A-Z]{4})`).FindStringSubmatch(w.log.String())
	if found == nil || !strings.Contains(page.Body.String(), found[1]) {
		t.Errorf("reference of the log %v is not on the page", found)
	}
	if strings.Contains(page.Body.String(), "database") || strings.Contains(page.Body.String(), "sql") {
		t.Error("the page tells the cause")
	}
}

func TestPublicURL(t *testing.T) {
	t.Parallel()
	for raw, good := range map[string]bool{
		"https://koppel.example": true, "http://localhost:8080": true, "http://127.0.0.1:8080": true, "http://[::1]:80": true,
		"http://koppel.example": false, "https://koppel.example/": false, "koppel.example": false, "ftp://localhost": false, "": false,
	} {
		if _, err := ParsePublicURL(raw); (err == nil) != good {
			t.Errorf("%q: error is %v", raw, err)
		}
	}
}

func TestLanguageLinkLeadsToThisHostOnly(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	for _, path := range []string{"//elsewhere.example/x", "///elsewhere.example/x"} {
		location, err := url.Parse(b.get(path + "?taal=en").Header().Get("Location"))
		if err != nil || location.Host != "" {
			t.Errorf("%s leads to %v, %v", path, location, err)
		}
	}
}
