package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/eherkenning/brokertest"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// states are all looks of all pages, in the order in which people meet them.
var states = slices.Concat(loginStates, linkStates, codeStates, approvalStates, forgottenStates, pinStates, addressStates, homeStates, profileStates, addStates, otherStates, textStates())

var loginStates = []state{
	{"login", func(g *guest) answer { return g.get(loginPath) }},
	{"go", func(g *guest) answer { return g.post(startPath, nil) }},
	{"refused-cancelled", refusedLogin(func(a *brokertest.Answer) { a.Status = persona("carl").Status })},
	{"refused-level", refusedLogin(func(a *brokertest.Answer) { a.Level = brokertest.Level2Plus })},
	{"refused-service", refusedLogin(func(a *brokertest.Answer) { a.ServiceUUID = "00000000-0000-4000-8000-000000000000" })},
	{"refused-branch", refusedLogin(func(a *brokertest.Answer) { a.Branch = "000012345678" })},
	{"refused-supplier", refusedLogin(func(a *brokertest.Answer) { a.Status = []string{brokertest.StatusResponder} })},
	{"refused-answer", refusedLogin(func(a *brokertest.Answer) { a.RequestID = "_somebody_elses" })},
	{"refused-cookies", unreached(&statusPage{status: http.StatusBadRequest, reference: "K3TF-9M2Q",
		view: statusView{Key: "p.cookie", Action: startPath, Post: true, ShowReference: true}})},
}

func refusedLogin(change func(*brokertest.Answer)) func(*guest) answer {
	return func(g *guest) answer { return g.loginWith(change) }
}

var linkStates = []state{
	{"link", func(g *guest) answer { return g.enter().get(linkPath) }},
	{"link-no-name", func(g *guest) answer {
		g.loginWith(func(a *brokertest.Answer) { a.CompanyName = "" })
		return g.get(linkPath)
	}},
	{"link-case-expired", atStep(linkPath, onboarding.Expired, nil)},
	{"link-case-cancelled", atStep(linkPath, onboarding.Cancelled, nil)},
	{"link-empty", emptyLinkForm},
	{"link-half-address", linkFormWith("email", "jan@", "password", "")},
	{"link-shared-address", linkFormWith("email", "info@regenboog.example")},
	{"link-typo", linkFormWith("email", "jan.jansen@gmial.com")},
	{"link-long", linkFormWith("email", strings.Repeat("x", 64)+"@"+strings.Repeat("y", 63)+".example", "username", strings.Repeat("z", 200), "password", "")},
	{"link-stale", linkFormWith("nonce", "x.y")},
	{"link-wrong", judged(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 4}, linkFormWith())},
	{"link-wrong-last", judged(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 1}, linkFormWith())},
	{"link-closed", judged(onboarding.Verdict{Outcome: onboarding.Closed}, linkFormWith())},
	{"link-ask-again", judged(onboarding.Verdict{Outcome: onboarding.AskAgain}, linkFormWith())},
	{"link-many-mails", judged(onboarding.Verdict{Outcome: onboarding.TooManyMails, Until: noon.Add(time.Hour)}, linkFormWith())},
	{"link-many-addresses", judged(onboarding.Verdict{Outcome: onboarding.TooManyAddresses}, linkFormWith())},
	{"link-too-fast", func(g *guest) answer {
		g.enter().w.engine.answers(onboarding.Verdict{Outcome: onboarding.AskAgain})
		return tooFast(func() answer { return g.fillIn(linkPath, linkPath, credentials("")) })
	}},
	{"link-busy", failing(refusal(onboarding.Busy), linkFormWith())},
	{"link-slow", away(tooLate, linkFormWith())},
	{"link-away", away(errAway, linkFormWith())},
	{"link-login-old", func(g *guest) answer {
		g.enter().w.now = g.w.now.Add(onboarding.LoginFresh + time.Second)
		return g.get(linkPath)
	}},
	{"link-locked", atStep(linkPath, onboarding.AwaitProof, func(l *store.Linking) { l.LockedUntil = l.Since.Add(15 * time.Minute) })},
	{"link-taken", atStep(linkPath, onboarding.AwaitProof, func(l *store.Linking) { l.Refusal = onboarding.Taken })},
	{"link-institution-ended", atStep(linkPath, onboarding.AwaitProof, func(l *store.Linking) { l.Refusal = onboarding.InstitutionEnded })},
	{"link-not-approved", atStep(linkPath, onboarding.AwaitProof, func(l *store.Linking) { l.Refusal = onboarding.NotApproved })},
	{"link-stopped", atStep(linkPath, onboarding.Cancelled, func(l *store.Linking) { l.Refusal = onboarding.StoppedByDesk })},
	{"link-not-answered", atStep(linkPath, onboarding.AwaitProof, func(l *store.Linking) { l.Refusal = onboarding.NotAnswered })},
	{"link-many-questions", judged(onboarding.Verdict{Outcome: onboarding.TooManyQuestions, Until: noon.Add(time.Hour)}, linkFormWith())},
}

var codeStates = []state{
	{"code", func(g *guest) answer { return g.enter().get(codePath) }},
	{"code-turned", func(g *guest) answer {
		return g.enter().post(codePath, url.Values{"email": {jansAddress}, "wissel": {"1"}})
	}},
	{"link-turned", func(g *guest) answer {
		return g.enter().post(linkPath, url.Values{"email": {jansAddress}, "wissel": {"1"}})
	}},
	{"code-case-expired", atStep(codePath, onboarding.Expired, nil)},
	{"code-empty", codeFormWith("email", "", "code", "")},
	{"code-short", codeFormWith("code", "7K3M-9QXT")},
	{"code-other-symbols", codeFormWith("code", "7K3M-9QXT-R2V8-HJ4U")},
	{"code-mistyped", codeFormWith("code", "BFGG-5CDH-P18D-JGJ5")},
	{"code-shared-address", codeFormWith("email", "info@regenboog.example")},
	{"code-wrong", judged(onboarding.Verdict{Outcome: onboarding.WrongCode, TriesLeft: 4}, codeFormWith())},
	{"code-wrong-last", judged(onboarding.Verdict{Outcome: onboarding.WrongCode, TriesLeft: 1}, codeFormWith())},
	{"code-used", judged(onboarding.Verdict{Outcome: onboarding.CodeUsed}, codeFormWith())},
	{"code-ended", judged(onboarding.Verdict{Outcome: onboarding.CodeEnded, Until: noon.AddDate(0, 0, -2)}, codeFormWith())},
	{"code-away", away(errAway, codeFormWith())},
	{"code-replaced", atStep(codePath, onboarding.AwaitProof, func(l *store.Linking) { l.Refusal = onboarding.CodeEnded })},
}

func codeFormWith(changes ...string) func(*guest) answer {
	return func(g *guest) answer { return g.enter().submit(codePath, codePath, activation(""), changes) }
}

var pinStates = []state{
	{"pin", atStep(pinPath, onboarding.AwaitPIN, nil)},
	{"pin-queued", mailState(onboarding.MailQueued, pinPath)},
	{"pin-queued-refreshing", mailState(onboarding.MailQueued, pinPath+"?ververs=1")},
	{"pin-late", mailState(onboarding.MailLate, pinPath)},
	{"pin-refused", mailState(onboarding.MailRefused, pinPath)},
	{"pin-bounced", mailState(onboarding.MailBounced, pinPath)},
	{"pin-long", longAddress},
	{"pin-asked-anew", atStep(pinPath+"?nieuw=1", onboarding.AwaitPIN, nil)},
	{"pin-ended", func(g *guest) answer {
		g.enter().w.at(onboarding.AwaitPIN, nil)
		g.w.now = g.w.now.Add(onboarding.PINLife)
		return g.get(pinPath)
	}},
	{"pin-empty", pinForm("pin", "")},
	{"pin-short", pinForm("pin", "12345")},
	{"pin-letters", pinForm("pin", "12345a")},
	{"pin-stale", pinForm("nonce", "x.y")},
	{"pin-wrong", judged(onboarding.Verdict{Outcome: onboarding.WrongPIN, TriesLeft: 2}, pinForm())},
	{"pin-ended-meanwhile", judged(onboarding.Verdict{Outcome: onboarding.EndedPIN}, pinForm())},
	{"pin-replaced", judged(onboarding.Verdict{Outcome: onboarding.ReplacedPIN, Until: noon}, pinForm())},
	{"pin-ask-again", judged(onboarding.Verdict{Outcome: onboarding.AskAgain}, pinForm())},
	{"pin-busy", failing(refusal(onboarding.Busy), pinForm())},
	{"pin-slow", away(tooLate, pinForm())},
	{"pin-away", away(errAway, pinForm())},
	{"pin-too-soon", judged(onboarding.Verdict{Outcome: onboarding.TooSoon, Until: noon.Add(time.Minute)}, resend)},
	{"pin-many-mails", judged(onboarding.Verdict{Outcome: onboarding.TooManyMails, Until: noon.Add(time.Hour)}, resend)},
	{"pin-locked", atStep(pinPath, onboarding.AwaitPIN, func(l *store.Linking) { l.LockedUntil = l.Since.Add(2 * time.Hour) })},
	{"working", atStep(pinPath, onboarding.Completing, nil)},
}

var addressStates = []state{
	{"address", atStep("/koppelen/e-mail", onboarding.AwaitPIN, nil)},
	{"address-empty", addressForm("email", "")},
	{"address-half", addressForm("email", "jan")},
	{"address-shared", addressForm("email", "administratie@regenboog.example")},
	{"address-typo", addressForm("email", "jan.jansen@hotmail.con")},
	{"address-many", judged(onboarding.Verdict{Outcome: onboarding.TooManyAddresses}, addressForm())},
	{"address-many-mails", judged(onboarding.Verdict{Outcome: onboarding.TooManyMails, Until: noon.Add(time.Hour)}, addressForm())},
	{"address-away", away(errAway, addressForm())},
}

var homeStates = []state{
	{"home-linked-now", func(g *guest) answer {
		g.enter().w.link()
		return g.get(homePath)
	}},
	{"home", func(g *guest) answer {
		g.enter().w.link()
		return g.enter().get(homePath)
	}},
	{"home-chosen", func(g *guest) answer {
		g.enter().w.link()
		g.w.join("16AH", "school", "De Kring", "Utrecht")
		b := g.enter()
		b.post("/start/kiezen", url.Values{"nonce": {b.get(homePath).value("nonce")}, "instelling": {"16AH"}})
		return b.get(homePath + "?gekozen=1")
	}},
	{"home-not-yours", func(g *guest) answer {
		g.enter().w.link()
		g.w.join("16AH", "school", "De Kring", "Utrecht")
		b := g.enter()
		return b.post("/start/kiezen", url.Values{"nonce": {b.get(homePath).value("nonce")}, "instelling": {"99ZZ"}})
	}},
	{"home-changed", func(g *guest) answer {
		g.enter().w.link()
		g.w.join("24VX", "school", "De Linde", "Nieuwezijl")
		g.w.join("29AZ", "school", "De Wegwijzer", "Nieuwezijl")
		g.w.registersChanged()
		return g.enter().get(homePath)
	}},
	{"home-many", func(g *guest) answer {
		g.enter().w.link()
		g.w.join("10249", "board", strings.Repeat("Stichting voor openbaar primair onderwijs ", 4), "'s-Hertogenbosch")
		g.w.join("16AH", "school", strings.Repeat("Regenboogschool", 8), "")
		return g.enter().get(homePath)
	}},
}

var profileStates = []state{
	{"profile", func(g *guest) answer {
		g.enter().w.link()
		return g.enter().get(profilePath)
	}},
	{"profile-more", func(g *guest) answer {
		g.enter().w.link()
		g.w.alsoAs("De Linde")
		(&guest{g.w.browser(), g.who}).enter()
		return g.enter().get(profilePath)
	}},
	{"not-mine", func(g *guest) answer {
		g.enter().w.link()
		other := g.w.alsoAs("De Linde")
		b := g.enter()
		return b.get("/koppeling/niet-van-mij?welke=" + (&site{Settings: Settings{Lookup: g.w.lookup}}).identityReference(other))
	}},
	{"not-mine-own", func(g *guest) answer {
		g.enter().w.link()
		return g.click(g.enter().get(profilePath), "a[href*=niet-van-mij]")
	}},
	{"reported", func(g *guest) answer {
		g.enter().w.link()
		page := g.click(g.enter().get(profilePath), "a[href*=niet-van-mij]")
		return g.post("/koppeling/niet-van-mij", url.Values{"nonce": {page.value("nonce")}, "welke": {page.value("welke")}})
	}},
	{"profile-change-open", changeStep(profilePath, onboarding.AwaitPIN)},
	{"profile-change-stopped", func(g *guest) answer {
		g.enter().w.link()
		b := g.enter()
		g.w.changeAt(onboarding.Cancelled, func(c *store.EmailChange) { c.Refusal = onboarding.StoppedByDesk })
		return b.get(profilePath)
	}},
	{"profile-changed", changeStep(profilePath+"?gewijzigd=1", onboarding.Changed)},
	{"new-email", changeStep(newEmailPath, onboarding.Cancelled)},
	{"new-email-shared", newEmailForm("email", "info@regenboog.example")},
	{"new-email-same", newEmailForm("email", jansAddress)},
	{"new-email-many", judged(onboarding.Verdict{Outcome: onboarding.TooManyMails, Until: noon.Add(time.Hour)}, newEmailForm())},
	{"new-email-other", changeStep(newEmailPath, onboarding.AwaitPIN)},
	{"new-email-login-old", func(g *guest) answer {
		g.enter().w.link()
		b := g.enter()
		b.get(homePath)
		for range 2 {
			g.w.now = g.w.now.Add(onboarding.LoginFresh/2 + time.Second)
			b.get(homePath)
		}
		return b.get(newEmailPath)
	}},
	{"new-pin", changeStep(newPINPath, onboarding.AwaitPIN)},
	{"new-pin-wrong", judged(onboarding.Verdict{Outcome: onboarding.WrongPIN, TriesLeft: 2}, func(g *guest) answer {
		changeStep(newPINPath, onboarding.AwaitPIN)(g)
		return g.submit(newPINPath, newPINPath, url.Values{"pin": {"123456"}}, nil)
	})},
	{"new-pin-locked", func(g *guest) answer {
		g.enter().w.link()
		b := g.enter()
		g.w.changeAt(onboarding.AwaitPIN, func(c *store.EmailChange) { c.LockedUntil = c.Since.Add(2 * time.Hour) })
		return b.get(newPINPath)
	}},
	{"new-working", changeStep(newPINPath, onboarding.Completing)},
	{"profile-logged-out-there", func(g *guest) answer {
		g.enter().w.link()
		return g.enter().get(profilePath + "?beeindigd=1")
	}},
}

var otherStates = []state{
	{"logged-out", func(g *guest) answer { return g.get(loggedOutPath) }},
	{"too-fast", func(g *guest) answer { return tooFast(func() answer { return g.post(startPath, nil) }) }},
	{"expired", func(g *guest) answer { return g.get(expiredPath) }},
	{"unreadable", func(g *guest) answer { return g.enter().send(posted(linkPath, "email=%zz")) }},
	{"too-large", func(g *guest) answer {
		return g.enter().post(linkPath, url.Values{"username": {strings.Repeat("x", bodyLimit)}})
	}},
	{"from-elsewhere", func(g *guest) answer { return g.enter().send(crossSite(linkPath, nil)) }},
	{"not-found", func(g *guest) answer { return g.get("/nowhere") }},
	{"not-found-inside", func(g *guest) answer { return g.enter().get("/nowhere") }},
	{"not-that-way", func(g *guest) answer { return g.get(startPath) }},
	{"other-tab", unreached(&onboarding.Error{Kind: onboarding.Stale, Message: "p.tab"})},
	{"our-fault", failing(temporal.NewApplicationError("division by zero", "panic"), linkFormWith())},
	{"again-link", givenBack(linkPath, credentials("n.m"), (*site).submitLink)},
	{"again-code", givenBack(codePath, activation("n.m"), (*site).submitCode)},
	{"again-pin", givenBack(pinPath, url.Values{"nonce": {"n.m"}, "pin": {"123456"}}, func(s *site, c *gin.Context, v visit) form { return s.submitPIN(&linkTrail)(c, v) })},
	{"again-address", givenBack("/koppelen/e-mail", url.Values{"nonce": {"n.m"}, "email": {"jan@"}}, (*site).submitAddress)},
	{"away", away(errAway, func(g *guest) answer {
		return g.post("/koppelen/stoppen", url.Values{"nonce": {g.get(linkPath).value("nonce")}})
	})},
}

func textStates() (all []state) {
	for _, name := range textPages {
		all = append(all, state{name, func(g *guest) answer { return g.get("/" + name) }})
	}
	return all
}

// atStep opens a page while the case is at a step.
func atStep(path string, step onboarding.Step, change func(*store.Linking)) func(*guest) answer {
	return func(g *guest) answer {
		g.enter().w.at(step, change)
		return g.get(path)
	}
}

// changeStep opens a page while a change of address is at a step.
func changeStep(path string, step onboarding.Step) func(*guest) answer {
	return func(g *guest) answer {
		g.enter().w.link()
		b := g.enter()
		g.w.changeAt(step, nil)
		return b.get(path)
	}
}

func newEmailForm(changes ...string) func(*guest) answer {
	return func(g *guest) answer {
		g.enter().w.link()
		return g.enter().submit(newEmailPath, newEmailPath, url.Values{"email": {"jan@regenboog.example"}}, changes)
	}
}

// mailState opens the PIN page while its mail is in a state.
func mailState(state onboarding.MailState, path string) func(*guest) answer {
	return func(g *guest) answer {
		l := g.enter().w.at(onboarding.MailingPIN, nil)
		_, err := g.w.sql.Exec(`update mails set state = $1 where case_id = $2`, state, l.ID)
		g.w.must(err)
		_, err = g.w.sql.Exec(`update pins set accepted_at = null, expires_at = null where case_id = $1`, l.ID)
		g.w.must(err)
		return g.get(path)
	}
}

func longAddress(g *guest) answer {
	l := g.enter().w.at(onboarding.AwaitPIN, nil)
	long := strings.Repeat("x", 64) + "@" + strings.Repeat("y", 63) + "." + strings.Repeat("z", 63) + ".example"
	sealed, err := g.w.records.Seal(store.PinAddress(l.ID, 1), []byte(long))
	g.w.must(err)
	_, err = g.w.sql.Exec(`update pins set address = $1 where case_id = $2`, sealed, l.ID)
	g.w.must(err)
	return g.get(pinPath)
}

// submit opens a page and sends its form with these values and those of changes, which are pairs.
func (g *guest) submit(page, path string, values url.Values, changes []string) answer {
	values.Set("nonce", g.get(page).value("nonce"))
	for i := 0; i+1 < len(changes); i += 2 {
		values.Set(changes[i], changes[i+1])
	}
	return g.post(path, values)
}

func emptyLinkForm(g *guest) answer { return g.enter().submit(linkPath, linkPath, url.Values{}, nil) }

func linkFormWith(changes ...string) func(*guest) answer {
	return func(g *guest) answer { return g.enter().submit(linkPath, linkPath, credentials(""), changes) }
}

func pinForm(changes ...string) func(*guest) answer {
	return func(g *guest) answer {
		g.enter().w.at(onboarding.AwaitPIN, nil)
		return g.submit(pinPath, pinPath, url.Values{"pin": {"123456"}}, changes)
	}
}

func resend(g *guest) answer {
	g.enter().w.at(onboarding.AwaitPIN, nil)
	return g.submit(pinPath, "/koppelen/pincode/opnieuw", url.Values{}, nil)
}

func addressForm(changes ...string) func(*guest) answer {
	return func(g *guest) answer {
		g.enter().w.at(onboarding.AwaitPIN, nil)
		return g.submit("/koppelen/e-mail", "/koppelen/e-mail", url.Values{"email": {"jan@regenboog.example"}}, changes)
	}
}

// judged lets the case answer like this.
func judged(verdict onboarding.Verdict, shows func(*guest) answer) func(*guest) answer {
	return func(g *guest) answer { g.w.engine.answers(verdict); return shows(g) }
}

// failing lets the case fail like this.
func failing(err error, shows func(*guest) answer) func(*guest) answer {
	return func(g *guest) answer { g.w.engine.rejects(err); return shows(g) }
}

// tooFast asks until the network is told to slow down.
func tooFast(ask func() answer) answer {
	for {
		if a := ask(); a.Code == http.StatusTooManyRequests {
			return a
		}
	}
}

func refusal(kind onboarding.Kind) error {
	return temporal.NewNonRetryableApplicationError("no", string(kind), nil)
}

// tooLate is what Temporal's client says when no verdict came in time.
var tooLate = client.NewWorkflowUpdateServiceTimeoutOrCanceledError(serviceerror.NewDeadlineExceeded("late"))

// away lets the engine be away once somebody is logged in.
func away(err error, shows func(*guest) answer) func(*guest) answer {
	return func(g *guest) answer { g.enter().w.engine.away = err; return shows(g) }
}

func posted(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, publicURL+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// join makes the newest person a member of another institution.
func (w *world) join(code, kind, name, place string) {
	w.t.Helper()
	_, err := w.sql.Exec(`insert into institutions (code, kind, name, place) values ($1, $2, $3, $4) on conflict do nothing`,
		code, kind, name, place)
	w.must(err)
	_, err = w.sql.Exec(`
		insert into memberships (person, institution, source, since)
		select person, $2, 'legacy', $3 from identities where hash = $1`, w.identity(), code, w.now)
	w.must(err)
}

// registersChanged lets, each time anew, the registers say of De Linde that it has closed, of De Wegwijzer that De Regenboog took it
// over and of De Regenboog that it has another board.
func (w *world) registersChanged() {
	w.t.Helper()
	_, err := w.sql.Exec(`
		insert into institutions (code, kind, name) values ('41137', 'board', 'Stichting De Kring'), ('41990', 'board', 'Gemeente')
		on conflict do nothing`)
	w.must(err)
	moved := []store.Institution{{Code: "03AB", Name: "De Regenboog", Place: "Utrecht", Board: "41137"}}
	closed := []store.Closure{{Code: "24VX", On: w.now}, {Code: "29AZ", On: w.now, Successor: "03AB"}}
	_, err = w.sql.Exec(`update institutions set board = '41990', closed_on = null, successor = null where kind = 'school'`)
	w.must(err)
	w.transact(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.ImportInstitutions(ctx, moved, w.now); err != nil {
			return err
		}
		_, err := tx.CloseInstitutions(ctx, closed, w.now)
		return err
	})
}

// unreached is the page of an error that no handler lets get so far, or not in both languages: a browser without
// cookies has none to say its language.
func unreached(err error) func(*guest) answer {
	asked := func() *http.Request { return httptest.NewRequest(http.MethodGet, linkPath, nil) }
	return staged(asked, func(s *site, c *gin.Context) { s.fail(c, err) })
}

// givenBack is a form that was sent while the database was away, as TestFormsOutliveAnOutageOfTheDatabase sends it.
func givenBack(path string, values url.Values, read func(*site, *gin.Context, visit) form) func(*guest) answer {
	sent := func() *http.Request { return posted(path, values.Encode()) }
	return staged(sent, func(s *site, c *gin.Context) {
		s.giveBack(c, read(s, c, visit{}), errors.New("the watch over the parts hears nothing of this"))
	})
}

// staged lets a part of the site answer without a session and the rest.
func staged(request func() *http.Request, play func(*site, *gin.Context)) func(*guest) answer {
	return func(g *guest) answer {
		r := request()
		pages, err := newRenderer(renderSettings{HelpdeskMail: "helpdesk@example.nl", HelpdeskPhone: "070 000 00 00"})
		g.w.must(err)
		stage := gin.New()
		stage.Handle(r.Method, r.URL.Path, func(c *gin.Context) {
			c.Set(keyLanguage, messages.ParseLanguage(g.cookies[languageCookie]))
			c.Set(keyNonce, "nonce")
			play(&site{pages: pages}, c)
		})
		recorder := httptest.NewRecorder()
		stage.ServeHTTP(recorder, r)
		return g.answer(recorder)
	}
}
