package web

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
)

func TestEveryKindOfAnswerHasTheHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.at(onboarding.AwaitPIN, nil)
	artifact := w.browser()
	answers := map[int]answer{
		http.StatusOK:                    b.get(pinPath),
		http.StatusSeeOther:              b.get(linkPath),
		http.StatusUnprocessableEntity:   b.fillIn(pinPath, pinPath, url.Values{"pin": {""}}),
		http.StatusBadRequest:            artifact.get(back("handle", "nonsense")),
		http.StatusForbidden:             b.send(crossSite(pinPath, nil)),
		http.StatusNotFound:              b.get("/static/nothing.css"),
		http.StatusMethodNotAllowed:      b.get("/uitloggen"),
		http.StatusRequestEntityTooLarge: b.post(pinPath, url.Values{"pin": {strings.Repeat("1", bodyLimit)}}),
	}
	answers[http.StatusTooManyRequests] = tooFast(func() answer { return b.post(startPath, nil) })
	w.engine.away = errAway
	answers[http.StatusServiceUnavailable] = b.fillIn(pinPath, pinPath, url.Values{"pin": {"123456"}})
	for status, a := range answers {
		a.expect(status)
		for name, value := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cache-Control": "no-store", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if a.Header().Get(name) != value {
				t.Errorf("%d: %s is %q, want %q", status, name, a.Header().Get(name), value)
			}
		}
		if !policy.MatchString(a.Header().Get("Content-Security-Policy")) {
			t.Errorf("%d: policy is %q", status, a.Header().Get("Content-Security-Policy"))
		}
	}
}

func TestBrowsersAreToldToStayOnHTTPSWhereItIsUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *Settings) { s.PublicURL = "http://localhost:8080" })
	if got := w.browser().get("/").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("a demo on http asks for https: %q", got)
	}
}

// A form counts only where a browser says that our own page sent it, or says nothing and brings the nonce of the page.
func TestWhereAFormMayComeFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	for name, test := range map[string]struct {
		site, origin string // Sec-Fetch-Site and Origin
		nonce        bool
		status       int
	}{
		"our page":                       {"same-origin", publicURL, true, 303},
		"our page without the nonce":     {"same-origin", publicURL, false, 422},
		"our page in an older browser":   {"", publicURL, true, 303},
		"no word about it":               {"", "", true, 303},
		"no word and no nonce":           {"", "", false, 422},
		"another site":                   {"cross-site", "https://elsewhere.example", true, 403},
		"another name of our domain":     {"same-site", "https://other.koppel.example", true, 403},
		"another site in an old browser": {"", "https://elsewhere.example", true, 403},
		"a frame without an origin":      {"cross-site", "null", true, 403},
		"nothing but a null origin":      {"", "null", true, 403},
		"our host on another port":       {"", "https://koppel.example:8443", true, 403},
	} {
		t.Run(name, func(t *testing.T) {
			w.engine.answers(onboarding.Verdict{Outcome: onboarding.Locked}) // a move: 303
			form := credentials("x.y")
			if test.nonce {
				form = credentials(b.get(linkPath).value("nonce"))
			}
			r := httptest.NewRequest(http.MethodPost, publicURL+linkPath, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for header, value := range map[string]string{"Sec-Fetch-Site": test.site, "Origin": test.origin} {
				if value != "" {
					r.Header.Set(header, value)
				}
			}
			b.address = w.browser().address
			asked := len(w.engine.updates)
			b.send(r).expect(test.status)
			if counted := len(w.engine.updates) > asked; counted != (test.status == http.StatusSeeOther) {
				t.Errorf("submitted: %v", counted)
			}
		})
	}
}

// serve runs a handler behind the product's server, as clients reach it.
func serve(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, "read") }), "")
	t.Cleanup(func() { server.Close() })
	go server.Serve(listener)
	return listener.Addr().String()
}

func TestServerRefusesHugeHeaders(t *testing.T) {
	t.Parallel()
	address := serve(t)
	for size, want := range map[int]int{8 << 10: http.StatusOK, 32 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		fmt.Fprintf(connection, "GET / HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n", strings.Repeat("c", size))
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil || response.StatusCode != want {
			t.Errorf("%d bytes of headers: %v, %v, want %d", size, response, err, want)
		}
	}
}

func TestServerGivesNobodyItsTimeWithoutEnd(t *testing.T) {
	server := NewServer(nil, "")
	for name, limit := range map[string]struct{ got, most time.Duration }{
		"reading the headers": {server.ReadHeaderTimeout, 5 * time.Second}, "reading": {server.ReadTimeout, 15 * time.Second},
		"writing": {server.WriteTimeout, 30 * time.Second}, "idle": {server.IdleTimeout, 60 * time.Second},
	} {
		if limit.got <= 0 || limit.got > limit.most {
			t.Errorf("%s may take %v, want at most %v", name, limit.got, limit.most)
		}
	}
}
