package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/workflows"
)

var threeAMinute = onboarding.Pace{Events: 3, Per: time.Minute, Burst: 5}

func TestPaceAllowsABurstAndThenItsRate(t *testing.T) {
	p := newPace(threeAMinute)
	for range 5 {
		if wait := p.take("10.0.0.1", noon); wait != 0 {
			t.Fatalf("waits %v within the burst", wait)
		}
	}
	wait := p.take("10.0.0.1", noon)
	if wait <= 19*time.Second || wait > 20*time.Second {
		t.Errorf("waits %v, want 20 seconds", wait)
	}
	if p.take("10.0.0.1", noon.Add(wait-time.Second)) == 0 {
		t.Error("let in early")
	}
	if wait := p.take("10.0.0.1", noon.Add(20*time.Second)); wait != 0 {
		t.Errorf("waits another %v after the time that was said", wait)
	}
	p.giveBack("10.0.0.1", noon.Add(20*time.Second))
	if p.take("10.0.0.1", noon.Add(20*time.Second)) != 0 || p.take("10.0.0.1", noon.Add(20*time.Second)) == 0 {
		t.Error("what was given back is not one event")
	}
	p.giveBack("10.0.0.2", noon)
	for range 5 {
		p.take("10.0.0.2", noon)
	}
	if p.take("10.0.0.2", noon) == 0 {
		t.Error("more was given back than a burst")
	}
}

func TestNetworksOfAPace(t *testing.T) {
	for name, test := range map[string]struct {
		from    []string // take turns
		allowed int
	}{
		"one IPv4 address":           {[]string{"10.0.0.1"}, 5},
		"the same, written as IPv6":  {[]string{"10.0.0.1", "::ffff:10.0.0.1"}, 5},
		"neighbours in IPv4":         {[]string{"10.0.0.1", "10.0.0.2"}, 10},
		"one IPv6 /64":               {[]string{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9%eth0"}, 5},
		"two /64 of one /48":         {[]string{"2001:db8:1:2::1", "2001:db8:1:3::1"}, 10},
		"many /64 of one /48":        {addresses("2001:db8:1:%x::1", 40), 20},
		"many /64 of many /48":       {addresses("2001:db8:%x::1", 40), 200},
		"whatever is not an address": {[]string{"", "unix"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			p, allowed := newPace(threeAMinute), 0
			for i := range 400 {
				if p.take(test.from[i%len(test.from)], noon) == 0 {
					allowed++
				}
			}
			if allowed != test.allowed {
				t.Errorf("%d events, want %d", allowed, test.allowed)
			}
		})
	}
}

func addresses(format string, n int) (made []string) {
	for i := range n {
		made = append(made, fmt.Sprintf(format, i))
	}
	return made
}

func TestWideNetworkThatIsRefusedTakesNothingFromTheNarrowOne(t *testing.T) {
	p := newPace(threeAMinute)
	for _, address := range addresses("2001:db8:1:%x::1", 20) { // uses up the /48
		p.take(address, noon)
	}
	for range 10 {
		p.take("2001:db8:1:ffff::1", noon)
	}
	later := noon.Add(5 * time.Second) // one event for the /48, a quarter for a /64
	if wait := p.take("2001:db8:1:ffff::1", later); wait != 0 {
		t.Errorf("waits %v for tries that were refused", wait)
	}
}

func TestPaceIsExactInParallel(t *testing.T) {
	p := newPace(onboarding.PINPace)
	var allowed atomic.Int32
	var all sync.WaitGroup
	for range 500 {
		all.Go(func() {
			if p.take("10.0.0.1", noon) == 0 {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	if allowed.Load() != 60 {
		t.Errorf("%d events, want 60", allowed.Load())
	}
}

func TestMemoryOfAPaceIsBounded(t *testing.T) {
	p := newPace(threeAMinute)
	for i := range 5 * paceNetworks {
		p.take(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), noon)
	}
	if n := len(p.young) + len(p.old); n > 2*paceNetworks {
		t.Errorf("%d networks are remembered, want at most %d", n, 2*paceNetworks)
	}
	rested := 100 * time.Second
	for i := range 3 {
		p.take("10.9.9.9", noon.Add(time.Duration(i)*rested))
	}
	if n := len(p.young) + len(p.old); n > 2 {
		t.Errorf("%d entries after a rest, want those of the one that came back", n)
	}
}

func TestNetworkIsNotForgottenBeforeItHasRested(t *testing.T) {
	p := newPace(threeAMinute)
	p.take("10.0.0.1", noon)
	for range 5 {
		p.take("10.0.0.2", noon.Add(99*time.Second))
	}
	for i := range 2 { // the turn of the generations
		if p.take("10.0.0.2", noon.Add(100*time.Second+time.Duration(i))) == 0 {
			t.Error("forgotten a second after its burst")
		}
	}
}

// T16, and the audit: a stranger can neither start logins nor write refusals without bound.
func TestLoginsOfOneNetworkAreSlowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, request := range map[string]func(b *browser) answer{
		"start":  func(b *browser) answer { return b.post(startPath, nil) },
		"return": func(b *browser) answer { return b.get(back("handle", "nonsense")) },
		"fetch":  func(b *browser) answer { return b.get(backPath + "?RelayState=handle") },
		"post":   func(b *browser) answer { return b.send(crossSite(acsPath, url.Values{responseField: {"PHNhbWw+"}})) },
	} {
		t.Run(path, func(t *testing.T) {
			b := w.browser()
			before := w.refusals()
			for range 20 {
				if request(b).Code == http.StatusTooManyRequests {
					t.Fatal("slowed down within the burst")
				}
			}
			w.now = w.now.Add(100 * time.Millisecond)
			slow := request(b).expect(http.StatusTooManyRequests).headed(nl("p.pace.h")).says(nl("p.pace.p", "tijd", "12.01"))
			if got := slow.Header().Get("Retry-After"); got != "6" {
				t.Errorf("Retry-After is %q, want 6", got)
			}
			if n := w.refusals() - before; n > 20 {
				t.Errorf("%d refusals in the audit", n)
			}
			if request(w.browser()).Code == http.StatusTooManyRequests {
				t.Error("another network is slowed down too")
			}
		})
	}
}

func (w *world) refusals() (n int) {
	w.must(w.sql.QueryRow(`select count(*) from audit where event = 'login.refused'`).Scan(&n))
	return n
}

// slowForms are the forms with a pace, the page they stand on, and how many go through at once.
var slowForms = []struct {
	page, form string
	step       onboarding.Step
	burst      int
	values     url.Values
	kept       string
}{
	{linkPath, linkPath, onboarding.AwaitProof, 30, credentials(""), "username"},
	{pinPath, pinPath, onboarding.AwaitPIN, 60, url.Values{"pin": {"123456"}}, "pin"},
	{pinPath, "/koppelen/pincode/opnieuw", onboarding.AwaitPIN, 60, url.Values{}, ""},
	{"/koppelen/e-mail", "/koppelen/e-mail", onboarding.AwaitPIN, 60, url.Values{"email": {"jane@regenboog.example"}}, "email"},
}

func TestFormsOfOneNetworkAreSlowedDownAndKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	for _, test := range slowForms {
		t.Run(test.form, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			w.at(test.step, nil)
			w.engine.answers(onboarding.Verdict{Outcome: onboarding.AskAgain}) // mails nothing
			for i := range test.burst {
				if got := b.fillIn(test.page, test.form, test.values).Code; got != http.StatusUnprocessableEntity {
					t.Fatalf("form %d was answered %d", i, got)
				}
			}
			asked := len(w.engine.updates)
			slow := b.fillIn(test.page, test.form, test.values).expect(http.StatusTooManyRequests).says(nl("e.pace", "tijd", "12.01"))
			if seconds, err := strconv.Atoi(slow.Header().Get("Retry-After")); err != nil || seconds < 1 || seconds > 20 {
				t.Errorf("Retry-After is %q", slow.Header().Get("Retry-After"))
			}
			if test.kept != "" && slow.value(test.kept) != test.values.Get(test.kept) {
				t.Errorf("%s is %q", test.kept, slow.value(test.kept))
			}
			if len(w.engine.updates) != asked || strings.Contains(slow.Body.String(), "Regenboog-2019") {
				t.Error("the case was asked, or the password is on the page")
			}
			w.now = noon.Add(time.Minute) // the time that was shown
			b.fillIn(test.page, test.form, test.values).expect(http.StatusUnprocessableEntity)
		})
	}
}

// fillIn opens a page and sends one of its forms.
func (b *browser) fillIn(page, form string, values url.Values) answer {
	b.w.t.Helper()
	filled := url.Values{"nonce": {b.get(page).value("nonce")}}
	for name, value := range values {
		if name != "nonce" {
			filled[name] = value
		}
	}
	return b.post(form, filled)
}

// T6: one network gets thirty PIN mails an hour, over whatever identities. Forms that mail nothing do not count.
func TestThirtyPINMailsAnHourForOneNetwork(t *testing.T) {
	t.Parallel()
	w, b := atPINPage(t)
	form := "/koppelen/pincode/opnieuw"
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.TooSoon, Until: noon})
	for range 20 {
		b.fillIn(pinPath, form, nil).expect(http.StatusTooManyRequests)
	}
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.Accepted})
	for range 30 {
		b.fillIn(pinPath, form, nil).expect(http.StatusSeeOther)
	}
	asked := len(w.engine.updates)
	b.fillIn(pinPath, form, nil).expect(http.StatusTooManyRequests).says(nl("e.pace", "tijd", "12.02"))
	b.fillIn("/koppelen/e-mail", "/koppelen/e-mail", url.Values{"email": {"jane@regenboog.example"}}).expect(http.StatusTooManyRequests)
	if len(w.engine.updates) != asked {
		t.Error("a mail was asked for")
	}
	b.fillIn(pinPath, pinPath, url.Values{"pin": {"123456"}}).expect(http.StatusSeeOther) // mails nothing
	if w.engine.last().UpdateName != workflows.SubmitPIN {
		t.Errorf("last update is %s", w.engine.last().UpdateName)
	}
}

func TestForwardedAddressesCountFromTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	trusting := func(s *Settings) { s.TrustedProxies = Proxies{"10.0.0.0/8", "fd00::/8"} }
	const peer, elsewhere = "10.0.0.9:80", "192.0.2.7:80"
	for name, test := range map[string]struct {
		change    func(*Settings)
		peer      string
		forwarded []string // lines of the header
		want      string
	}{
		"nobody is trusted":              {func(*Settings) {}, peer, []string{"198.51.100.1"}, "10.0.0.9"},
		"a stranger claims an address":   {trusting, elsewhere, []string{"198.51.100.1"}, "192.0.2.7"},
		"a proxy tells the address":      {trusting, peer, []string{"198.51.100.1"}, "198.51.100.1"},
		"two proxies":                    {trusting, peer, []string{"198.51.100.1, 10.0.0.8"}, "198.51.100.1"},
		"the client forged what is left": {trusting, peer, []string{"203.0.113.5, 198.51.100.1, 10.0.0.8"}, "198.51.100.1"},
		"in a line of its own":           {trusting, peer, []string{"203.0.113.5", "198.51.100.1"}, "198.51.100.1"},
		"over IPv6":                      {trusting, "[fd00::1]:80", []string{"2001:db8::1"}, "2001:db8::1"},
		"nonsense":                       {trusting, peer, []string{"anything"}, "10.0.0.9"},
		"another header":                 {trusting, peer, nil, "10.0.0.9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.change)
			b := w.browser()
			b.address = test.peer
			r := httptest.NewRequest(http.MethodGet, publicURL+back("handle", "nonsense"), nil)
			r.Header["X-Forwarded-For"] = test.forwarded
			r.Header.Set("X-Real-Ip", "203.0.113.9")
			b.send(r).expect(http.StatusBadRequest)
			var ip string
			w.must(w.sql.QueryRow(`select ip from audit_subjects`).Scan(&ip))
			if ip != test.want {
				t.Errorf("the request came from %s, want %s", ip, test.want)
			}
		})
	}
}

func TestTrustedProxiesAreNetworksAndNeverEverybody(t *testing.T) {
	var given Proxies
	if err := given.UnmarshalText([]byte("10.0.0.0/8, fd00::/8")); err != nil || fmt.Sprint(given) != "[10.0.0.0/8 fd00::/8]" {
		t.Errorf("read as %v, %v", given, err)
	}
	for _, wrong := range []string{"0.0.0.0/0", "::/0", "10.0.0.0/8,::/0", "10.0.0.1", "proxy", "10.0.0.0/8,", "*"} {
		if err := given.UnmarshalText([]byte(wrong)); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
