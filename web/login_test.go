package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"koppel/eherkenning"
	"koppel/eherkenning/brokertest"
	"koppel/messages"
	"koppel/onboarding"
)

func nl(key string, args ...string) string {
	named := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i]] = args[i+1]
	}
	return messages.Text(messages.Dutch, key, named)
}

func TestFirstLoginStartsTheCaseAndLeadsToTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane").redirects(linkPath)
	if len(w.engine.started) != 1 {
		t.Fatalf("%d cases started, want 1", len(w.engine.started))
	}
	started := w.engine.started[0]
	if started.Identity != w.identity() || started.Level != onboarding.EH3 || started.Language != "nl" ||
		!started.AuthenticatedAt.Equal(noon) || len(started.Case) != 36 ||
		started.Supplier != brokertest.Suppliers()[0].EntityID {
		t.Errorf("case started with %+v", started)
	}
	b.get(linkPath).expect(http.StatusOK).headed(nl("link.h")).says("Stichting De Regenboog", "90001234", string(started.Reference))
}

func TestLoginWorksWhileTheEngineIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.away = errors.New("no connection")
	b := w.browser()
	b.login("jane").redirects(linkPath)
	b.get(linkPath).expect(http.StatusOK)
}

func TestLaterLoginGoesStraightIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	w.link()
	started := len(w.engine.started)
	b := w.browser()
	b.login("jane").redirects(homePath)
	if len(w.engine.started) != started {
		t.Error("a linked identity started a case")
	}
	page := b.get(homePath).expect(http.StatusOK).headed(nl("home.h")).says("De Regenboog", "Utrecht", "03AB")
	if strings.Contains(page.Body.String(), nl("ok.linked")) {
		t.Error("a returning person is told that the link was made")
	}
}

func TestSameIdentityInLaterLogins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	first := w.identity()
	w.now = w.now.Add(time.Hour)
	w.browser().login("jane")
	if w.identity() != first {
		t.Error("jane has two identities")
	}
	w.now = w.now.Add(time.Hour)
	w.browser().login("piet")
	if w.identity() == first {
		t.Error("piet has jane's identity")
	}
}

func TestIntermediaryOfAChainMandateIsRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	requestID, relayState := b.start()
	jane := persona("jane")
	answer := w.broker.Answer(requestID, jane, jane.Organisations[0])
	answer.Intermediate = []brokertest.Identifier{{Qualifier: brokertest.QualifierKvK, Value: "90007777"}}
	b.get(back(relayState, w.broker.HandOut(answer))).redirects(linkPath)
	recorded, err := w.db.Identity(t.Context(), w.identity())
	if err != nil || recorded.Intermediary != "90007777" {
		t.Errorf("recorded %q, %v", recorded.Intermediary, err)
	}
	w.browser().login("jane")
	if direct, err := w.db.Identity(t.Context(), w.identity()); err != nil || direct.Hash != recorded.Hash || direct.Intermediary != "" {
		t.Errorf("after a direct login %+v, %v", direct, err)
	}
}

func TestPostedArtifactComesBackWithCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	requestID, relayState := b.start()
	who := persona("jane")
	form := url.Values{relayStateField: {relayState}, artifactField: {w.broker.HandOut(w.broker.Answer(requestID, who, who.Organisations[0]))}}
	posted := w.browser().send(crossSite(acsPath, form)) // from another site: no cookies
	if cookies := posted.Result().Cookies(); len(cookies) != 0 {
		t.Errorf("the post set cookies %v", cookies)
	}
	if strings.Contains(posted.redirect(), form.Get(artifactField)) {
		t.Error("the artifact is in the address")
	}
	again := w.browser().send(crossSite(acsPath, form)) // a double click at the broker
	if again.redirect() != posted.redirect() {
		t.Errorf("second post leads to %q, the first to %q", again.redirect(), posted.redirect())
	}
	b.follow(posted).redirects(linkPath)
	b.follow(again).expect(http.StatusBadRequest).headed(nl("p.answer.h"))
}

func TestBrokerThatTakesRedirectsGetsTheRequestInTheAddress(t *testing.T) {
	t.Parallel()
	var sp *eherkenning.ServiceProvider
	w := newWorld(t, func(s *Settings) { sp = s.ServiceProvider.(*eherkenning.ServiceProvider) })
	w.newBroker(w.backend.URL, true)
	w.must(sp.SetBrokerMetadata(w.broker.Metadata()))
	address := w.browser().post(startPath, nil).redirect()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for target, want := range map[string]int{address: http.StatusSeeOther, strings.Replace(address, "RelayState=", "RelayState=x", 1): http.StatusBadRequest} {
		response, err := client.Get(target)
		w.must(err)
		if response.Body.Close(); response.StatusCode != want {
			t.Errorf("the broker answers %d, want %d", response.StatusCode, want)
		}
	}
}

func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	change := func(change func(*brokertest.Answer)) func(*brokertest.Answer) { return change }
	tests := []struct {
		name, persona string
		change        func(*brokertest.Answer)
		status        int
		page, reason  string
	}{
		{name: "cancelled", persona: "carl", status: 403, page: "p.cancel", reason: "cancelled",
			change: change(func(a *brokertest.Answer) { a.Status = persona("carl").Status })},
		{name: "level too low", persona: "laura", status: 403, page: "p.loa", reason: "level_too_low"},
		{name: "another service", persona: "jane", status: 403, page: "p.auth", reason: "wrong_service",
			change: change(func(a *brokertest.Answer) { a.ServiceUUID = "00000000-0000-4000-8000-000000000000" })},
		{name: "one branch", persona: "jane", status: 403, page: "p.branch", reason: "branch_restricted",
			change: change(func(a *brokertest.Answer) { a.Branch = "000012345678" })},
		{name: "broker failed", persona: "jane", status: 503, page: "p.supplier", reason: "broker_failed",
			change: change(func(a *brokertest.Answer) { a.Status = []string{brokertest.StatusResponder} })},
		{name: "another audience", persona: "jane", status: 400, page: "p.answer", reason: "wrong_audience",
			change: change(func(a *brokertest.Answer) { a.Audience = "urn:etoegang:DV:00000009999999990000:entities:1" })},
		{name: "another request", persona: "jane", status: 400, page: "p.answer", reason: "wrong_request",
			change: change(func(a *brokertest.Answer) { a.RequestID = "_somebody_elses" })},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := w.browser()
			requestID, relayState := b.start()
			who := persona(test.persona)
			given := w.broker.Answer(requestID, who, who.Organisations[0])
			if test.change != nil {
				test.change(&given)
			}
			page := b.get(back(relayState, w.broker.HandOut(given))).expect(test.status).headed(nl(test.page + ".h"))
			reason, reference := w.lastRefusal()
			if reason != test.reason {
				t.Errorf("audit says %q, want %q", reason, test.reason)
			}
			page.says(reference)
			b.get(linkPath).redirects(loginPath)
		})
	}
}

func TestAnswersThatCannotBeOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	artifact := func(b *browser) (good, relayState string) {
		requestID, relayState := b.start()
		who := persona("jane")
		return w.broker.HandOut(w.broker.Answer(requestID, who, who.Organisations[0])), relayState
	}
	tests := []struct {
		name   string
		try    func(t *testing.T) answer
		status int
		page   string
		reason string
	}{
		{"foreign browser", func(t *testing.T) answer {
			good, relayState := artifact(w.browser())
			victim := w.browser()
			victim.start()
			return victim.get(back(relayState, good))
		}, 400, "p.answer", ReasonUnknown},
		{"browser without cookies", func(t *testing.T) answer {
			good, relayState := artifact(w.browser())
			return w.browser().get(back(relayState, good))
		}, 400, "p.cookie", ReasonNoCookie},
		{"replayed address", func(t *testing.T) answer {
			b := w.browser()
			good, relayState := artifact(b)
			thief := b.copy()
			b.get(back(relayState, good)).redirects(linkPath)
			return thief.get(back(relayState, good))
		}, 400, "p.answer", ReasonUnknown},
		{"too late", func(t *testing.T) answer {
			b := w.browser()
			good, relayState := artifact(b)
			w.now = w.now.Add(onboarding.PendingLogin + time.Second)
			return b.get(back(relayState, good))
		}, 400, "p.answer", ReasonUnknown},
		{"not an artifact", func(t *testing.T) answer {
			b := w.browser()
			_, relayState := b.start()
			return b.get(back(relayState, "AAQ="))
		}, 400, "p.answer", "bad_artifact"},
		{"response instead of artifact", func(t *testing.T) answer {
			b := w.browser()
			good, relayState := artifact(b)
			return b.get(back(relayState, good) + "&SAMLResponse=PHNhbWw+")
		}, 400, "p.answer", ReasonBinding},
		{"posted response", func(t *testing.T) answer {
			return w.browser().send(crossSite(acsPath, url.Values{responseField: {"PHNhbWw+"}}))
		}, 400, "p.answer", ReasonBinding},
		{"nothing was posted", func(t *testing.T) answer {
			b := w.browser()
			_, relayState := b.start()
			return b.get(backPath + "?" + url.Values{relayStateField: {relayState}}.Encode())
		}, 400, "p.answer", ReasonUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.try(t).expect(test.status).headed(nl(test.page + ".h"))
			if reason, _ := w.lastRefusal(); reason != test.reason {
				t.Errorf("audit says %q, want %q", reason, test.reason)
			}
		})
	}
}

func TestBadArtifactConsumesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	requestID, relayState := b.start()
	b.get(back(relayState, "nonsense")).expect(http.StatusBadRequest)
	who := persona("jane")
	b.get(back(relayState, w.broker.HandOut(w.broker.Answer(requestID, who, who.Organisations[0])))).redirects(linkPath)
}

func TestAssertionIsUsedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	who := persona("jane")
	requestID, relayState := b.start()
	given := w.broker.Answer(requestID, who, who.Organisations[0])
	b.get(back(relayState, w.broker.HandOut(given))).redirects(linkPath)
	requestID, relayState = b.start()
	again := w.broker.Answer(requestID, who, who.Organisations[0])
	again.AssertionID = given.AssertionID
	b.get(back(relayState, w.broker.HandOut(again))).expect(http.StatusBadRequest).headed(nl("p.answer.h"))
	if reason, _ := w.lastRefusal(); reason != ReasonReplayed {
		t.Errorf("audit says %q", reason)
	}
}

func TestHandlesAreStoredHashed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	_, relayState := b.start()
	var kept, browser string
	w.must(w.sql.QueryRow(`select relay_state, browser from pending_logins`).Scan(&kept, &browser))
	if kept == relayState || browser == b.cookies[browserCookie] {
		t.Error("a handle is stored as it is")
	}
}

// lastRefusal is what the audit says about the newest refused login.
func (w *world) lastRefusal() (reason, reference string) {
	w.t.Helper()
	w.must(w.sql.QueryRow(`
		select detail ->> 'reason', detail ->> 'reference' from audit
		where event = 'login.refused' order by id desc limit 1`).Scan(&reason, &reference))
	return reason, reference
}

func en(key string) string { return messages.Text(messages.English, key, nil) }
