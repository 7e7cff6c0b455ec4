package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// credentials fills in the form that proves the account.
func credentials(nonce string) url.Values {
	return url.Values{"nonce": {nonce}, "email": {" J.Jansen@Regenboog.example "}, "username": {"regenboog01"}, "password": {"Regenboog-2019"}}
}

func TestCredentialsAreHandedOverSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	nonce := b.get(linkPath).value("nonce")
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		w.at(onboarding.MailingPIN, nil)
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	b.post(linkPath, credentials(nonce)).redirects(pinPath)
	id, _, _ := strings.Cut(nonce, ".")
	update := w.engine.last()
	if update.UpdateName != workflows.SubmitCredentials || update.UpdateID != id || update.WorkflowID != workflows.LinkingID(w.identity()) ||
		update.WaitForStage != client.WorkflowUpdateStageCompleted || update.Args[0] != (workflows.Submission{Handover: id}) {
		t.Errorf("update is %+v", update)
	}
	var form linkForm
	w.handedOver(id, &form)
	if want := (linkForm{"J.Jansen@regenboog.example", "regenboog01", "Regenboog-2019", "nl"}); form != want {
		t.Errorf("handed over %+v, want %+v", form, want)
	}
}

func TestFaultsOfTheLinkForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	tests := []struct{ name, field, typed, message string }{
		{"no address", "email", " ", nl("e.mail.empty")},
		{"half an address", "email", "jan@", nl("e.mail.form")},
		{"shared address", "email", "info@regenboog.example",
			nl("e.mail.general", "email", "info@regenboog.example", "domein", "regenboog.example")},
		{"no username", "username", "  ", nl("e.user.empty")},
		{"no password", "password", "", nl("e.pw.empty")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			form := credentials(b.get(linkPath).value("nonce"))
			form.Set(test.field, test.typed)
			page := b.post(linkPath, form).expect(http.StatusUnprocessableEntity).says(test.message)
			for _, kept := range []string{"email", "username"} {
				if page.value(kept) != form.Get(kept) {
					t.Errorf("%s is %q, typed was %q", kept, page.value(kept), form.Get(kept))
				}
			}
			if page.value("nonce") == form.Get("nonce") {
				t.Error("the nonce is not fresh")
			}
			if strings.Contains(page.Body.String(), "Regenboog-2019") {
				t.Error("the password is on the page")
			}
		})
	}
	if len(w.engine.updates) != 0 {
		t.Error("a faulty form was submitted")
	}
}

func TestVerdictsOnCredentials(t *testing.T) {
	t.Parallel()
	until := noon.Add(14*time.Minute + time.Second) // shown as 15
	tests := []struct {
		verdict onboarding.Verdict
		status  int
		says    string
		retry   string
	}{
		{onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 4}, 422, nl("e.cred", "n", "4"), ""},
		{onboarding.Verdict{Outcome: onboarding.Closed}, 422, nl("e.cred.closed"), ""},
		{onboarding.Verdict{Outcome: onboarding.AskAgain}, 422, nl("e.again"), ""},
		{onboarding.Verdict{Outcome: onboarding.TooManyMails, Until: until}, 429, nl("e.mail.many", "tijd", "12.15", "datum", "21 april 2026"), "841"},
		{onboarding.Verdict{Outcome: onboarding.TooManyAddresses, Until: until}, 422, nl("e.mail.addresses"), ""},
		{onboarding.Verdict{Outcome: onboarding.TooBusy}, 503, nl("e.away"), "5"},
		{onboarding.Verdict{Outcome: onboarding.CheckFailed}, 503, nl("e.away"), "5"},
	}
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	for _, test := range tests {
		t.Run(string(test.verdict.Outcome), func(t *testing.T) {
			w.engine.answers(test.verdict)
			form := credentials(b.get(linkPath).value("nonce"))
			page := b.post(linkPath, form).expect(test.status).says(test.says)
			if page.value("username") != "regenboog01" || page.value("nonce") == form.Get("nonce") {
				t.Error("the form lost a value or kept its nonce")
			}
			if got := page.Header().Get("Retry-After"); got != test.retry {
				t.Errorf("Retry-After is %q, want %q", got, test.retry)
			}
			if strings.Contains(page.Body.String(), "Regenboog-2019") {
				t.Error("the password is on the page")
			}
		})
	}
}

func TestUnknownAndWrongLookTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 3})
	masked := func(username string) string {
		form := credentials(b.get(linkPath).value("nonce"))
		form.Set("username", username)
		page := b.post(linkPath, form)
		body := page.Body.String()
		page.doc.Find(`[name="nonce"]`).Each(func(_ int, input *selection) {
			body = strings.ReplaceAll(body, input.AttrOr("value", ""), "NONCE")
		})
		csp := policy.FindStringSubmatch(page.Header().Get("Content-Security-Policy"))[1]
		return strings.ReplaceAll(strings.ReplaceAll(body, csp, "CSP"), username, "USER")
	}
	if known, unknown := masked("regenboog01"), masked("zzzzzzzzz99"); known != unknown {
		t.Errorf("pages differ:\n%s\n%s", known, unknown)
	}
}

func TestEngineTroubleKeepsTheForm(t *testing.T) {
	t.Parallel()
	app := func(kind onboarding.Kind) error {
		return temporal.NewNonRetryableApplicationError("no", string(kind), nil)
	}
	tests := []struct {
		name      string
		away, err error
		says      string
		sameNonce bool
	}{
		{"away", errAway, nil, nl("e.away"), true},
		{"no verdict in time", client.NewWorkflowUpdateServiceTimeoutOrCanceledError(serviceerror.NewDeadlineExceeded("late")), nil, nl("e.working"), true},
		{"another check runs", nil, app(onboarding.Busy), nl("e.busy"), false},
	}
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.engine.away = test.away
			w.engine.rejects(test.err)
			form := credentials(b.get(linkPath).value("nonce"))
			page := b.post(linkPath, form).expect(http.StatusServiceUnavailable).says(test.says)
			if page.Header().Get("Retry-After") == "" || page.value("username") != "regenboog01" {
				t.Error("no Retry-After, or a value is lost")
			}
			if same := page.value("nonce") == form.Get("nonce"); same != test.sameNonce {
				t.Errorf("same nonce: %v, want %v", same, test.sameNonce)
			}
		})
	}
}

func TestFormThatTheCaseHasLeftBehindGoesToTheCase(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"rejected": temporal.NewNonRetryableApplicationError("no", string(onboarding.Stale), nil),
		"over":     serviceerror.NewNotFound("workflow execution already completed"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			w.at(onboarding.AwaitPIN, nil)
			w.engine.rejects(err)
			b.post(pinPath, url.Values{"nonce": {b.get(pinPath).value("nonce")}, "pin": {"123456"}}).redirects(pinPath)
		})
	}
}

func TestUnknownErrorOfTheWorkflowIsOurFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.engine.rejects(temporal.NewApplicationError("division by zero", "panic"))
	page := b.post(linkPath, credentials(b.get(linkPath).value("nonce"))).expect(http.StatusInternalServerError)
	if strings.Contains(page.Body.String(), "division") {
		t.Error("the page tells the cause")
	}
}

func TestSameFormTwiceAsksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 4})
	form := credentials(b.get(linkPath).value("nonce"))
	b.post(linkPath, form).expect(422).says(nl("e.cred", "n", "4"))
	b.post(linkPath, form).expect(422).says(nl("e.cred", "n", "4"))
	if len(w.engine.updates) != 1 {
		t.Errorf("%d updates, want 1", len(w.engine.updates))
	}
}

func TestNonceOfAnotherFormIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, other := w.browser(), w.browser()
	b.login("jane")
	other.login("piet")
	foreign := other.get(linkPath).value("nonce")
	random, mac, _ := strings.Cut(b.get(linkPath).value("nonce"), ".")
	for name, nonce := range map[string]string{
		"missing": "", "dot": ".", "other session": foreign, "no mac": random, "wrong mac": random + ".AAAA", "other random": "AAAA." + mac,
	} {
		page := b.post(linkPath, credentials(nonce)).expect(http.StatusUnprocessableEntity).says(nl("e.stale"))
		if page.value("username") != "regenboog01" || page.value("nonce") == nonce {
			t.Errorf("%s: the form lost a value or kept its nonce", name)
		}
	}
	if len(w.engine.updates) != 0 {
		t.Errorf("%d updates were sent", len(w.engine.updates))
	}
}

func TestWhatStandsBeforeTheLinkForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*store.Linking)
		status int
		page   string
	}{
		{"locked", func(l *store.Linking) { l.LockedUntil = noon.Add(2 * time.Hour) }, 429, "p.credblock"},
		{"taken", func(l *store.Linking) { l.Refusal = onboarding.Taken }, 409, "p.taken"},
		{"institution ended", func(l *store.Linking) { l.Refusal = onboarding.InstitutionEnded }, 409, "p.ended"},
		{"not approved", func(l *store.Linking) { l.Refusal = onboarding.NotApproved }, 403, "p.refused"},
		{"not answered", func(l *store.Linking) { l.Refusal = onboarding.NotAnswered }, 403, "p.lapsed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			w.at(onboarding.AwaitProof, test.change)
			page := b.get(linkPath).expect(test.status).headed(nl(test.page + ".h")).says(string(w.engine.started[0].Reference))
			if test.status == 429 {
				page.says("14.00")
				if page.Header().Get("Retry-After") != "7200" {
					t.Errorf("Retry-After is %q", page.Header().Get("Retry-After"))
				}
				b.get(linkPath + "?opnieuw=1").expect(429)
				w.now = w.now.Add(2 * time.Hour)
				b.get(linkPath) // the session has ended by now
				b.login("jane")
				b.get(linkPath).expect(200).headed(nl("link.h"))
				return
			}
			b.get(linkPath + "?opnieuw=1").expect(200).headed(nl("link.h"))
		})
	}
}

func TestEndedCaseAsksForTheFormAndStartsAnew(t *testing.T) {
	t.Parallel()
	for _, ending := range []onboarding.Step{onboarding.Expired, onboarding.Cancelled} {
		t.Run(string(ending), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			w.at(ending, func(l *store.Linking) { l.LockedUntil = noon.Add(time.Hour) })
			page := b.get(linkPath).expect(200).headed(nl("link.h"))
			if page.value("email") != jansAddress {
				t.Errorf("address is %q; it was typed before", page.value("email"))
			}
			if told := strings.Contains(page.doc.Text(), nl("link.expired")); told != (ending == onboarding.Expired) {
				t.Errorf("told that the case expired: %v", told)
			}
			b.post(linkPath, credentials(page.value("nonce")))
			if len(w.engine.started) != 2 || w.engine.started[0].Case == w.engine.started[1].Case {
				t.Errorf("started %+v", w.engine.started)
			}
		})
	}
}

func TestStopping(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	b.post("/koppelen/stoppen", url.Values{"nonce": {"x.y"}}).redirects(linkPath)
	stopped := b.post("/koppelen/stoppen", url.Values{"nonce": {b.get(linkPath).value("nonce")}})
	stopped.redirects(loggedOutPath)
	if w.engine.last().UpdateName != workflows.Cancel || stopped.Header().Get("Clear-Site-Data") == "" {
		t.Error("not cancelled, or nothing cleared")
	}
	b.get(linkPath).redirects(loginPath)
	b.get(loggedOutPath).expect(200).headed(nl("out.h"))
}

func TestStoppingWithoutACaseLogsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.engine.rejects(serviceerror.NewNotFound("no such workflow"))
	b.post("/koppelen/stoppen", url.Values{"nonce": {b.get(linkPath).value("nonce")}}).redirects(loggedOutPath)
}

func TestStoppingWhileTheEngineIsAwayIsNotPromised(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	nonce := b.get(linkPath).value("nonce")
	w.engine.away = errAway
	b.post("/koppelen/stoppen", url.Values{"nonce": {nonce}}).expect(http.StatusServiceUnavailable).headed(nl("p.away.h"))
	b.get(linkPath).expect(200)
}
