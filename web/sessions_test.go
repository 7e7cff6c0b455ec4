package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"koppel/onboarding"
)

func TestPagesNeedALogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{linkPath, pinPath, "/koppelen/e-mail", homePath, stayPath} {
		w.browser().get(path).redirects(loginPath)
	}
	for _, path := range []string{linkPath, "/koppelen/stoppen", pinPath, "/koppelen/pincode/opnieuw", "/koppelen/e-mail", "/uitloggen"} {
		w.browser().post(path, nil).redirects(loginPath)
	}
	forged := w.browser()
	forged.cookies[sessionCookie] = "forged"
	forged.get(linkPath).redirects(expiredPath)
	forged.get(expiredPath).expect(200).headed(nl("p.expired.h"))
	forged.get(linkPath).redirects(loginPath)
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		linked bool
		pauses []time.Duration // between requests
		alive  bool
	}{
		{"unlinked, short pause", false, []time.Duration{onboarding.SessionIdleUnlinked - time.Minute}, true},
		{"unlinked, long pause", false, []time.Duration{onboarding.SessionIdleUnlinked + time.Minute}, false},
		{"linked, short pauses", true, []time.Duration{14 * time.Minute, 14 * time.Minute, 14 * time.Minute}, true},
		{"linked, long pause", true, []time.Duration{onboarding.SessionIdleLinked + time.Minute}, false},
		{"used all day", true, repeat(10*time.Minute, 49), false},
		{"used nearly all day", true, repeat(10*time.Minute, 47), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			w.at(onboarding.AwaitPIN, nil)
			target := pinPath
			if test.linked {
				w.link()
				b = w.browser()
				b.login("jane")
				target = homePath
			}
			var page answer
			for _, pause := range test.pauses {
				w.now = w.now.Add(pause)
				page = b.get(target)
			}
			if test.alive {
				page.expect(200)
			} else {
				page.redirects(expiredPath)
			}
		})
	}
}

func repeat(pause time.Duration, times int) (pauses []time.Duration) {
	for range times {
		pauses = append(pauses, pause)
	}
	return pauses
}

func TestLoginRenewsTheToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	before := b.copy()
	w.now = w.now.Add(time.Minute)
	b.login("piet").redirects(linkPath)
	before.get(linkPath).redirects(expiredPath)
	b.get(linkPath).expect(200)
	var sessions int
	w.must(w.sql.QueryRow(`select count(*) from sessions`).Scan(&sessions))
	if sessions != 1 {
		t.Errorf("%d sessions are left, want 1", sessions)
	}
}

func TestTokenIsStoredHashed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	var hash []byte
	w.must(w.sql.QueryRow(`select token_hash from sessions`).Scan(&hash))
	if len(hash) != 32 || string(hash) == b.cookies[sessionCookie] {
		t.Errorf("token hash is %d bytes", len(hash))
	}
}

func TestUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	used := func() (at time.Time) {
		w.must(w.sql.QueryRow(`select last_used_at from sessions`).Scan(&at))
		return at
	}
	w.now = w.now.Add(59 * time.Second)
	b.get(linkPath)
	if !used().Equal(noon) {
		t.Errorf("noted after 59 seconds: %v", used())
	}
	w.now = w.now.Add(2 * time.Second)
	b.get(linkPath)
	if !used().Equal(w.now) {
		t.Errorf("not noted after 61 seconds: %v", used())
	}
}

func TestLoggingOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	w.link()
	b := w.browser()
	b.login("jane")
	thief := b.copy()
	home := b.get(homePath)
	b.post("/uitloggen", url.Values{"nonce": {"x.y"}}).redirects(homePath)
	nonce := home.doc.Find(`form[action="/uitloggen"] [name=nonce]`).AttrOr("value", "")
	out := b.post("/uitloggen", url.Values{"nonce": {nonce}})
	out.redirects(loggedOutPath)
	if out.Header().Get("Clear-Site-Data") != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data is %q", out.Header().Get("Clear-Site-Data"))
	}
	b.get(homePath).redirects(loginPath)
	thief.get(homePath).redirects(expiredPath)
}

func TestAnotherDeviceJoinsTheCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, telephone := w.browser(), w.browser()
	b.login("jane")
	w.at(onboarding.AwaitPIN, nil)
	telephone.login("jane")
	telephone.get(linkPath).redirects(pinPath)
	b.get(pinPath).expect(200)
}

// TestWhoNeedsMoreTimeStaysLoggedIn ten times over (WCAG 2.2.1).
func TestWhoNeedsMoreTimeStaysLoggedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.at(onboarding.AwaitPIN, nil)
	for range 10 {
		w.now = w.now.Add(onboarding.SessionIdleUnlinked - time.Minute)
		b.get(stayPath).expect(http.StatusNoContent)
	}
	b.get(pinPath).expect(http.StatusOK)
}
