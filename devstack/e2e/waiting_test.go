package e2e

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"koppel/devstack"
	"koppel/eherkenning/brokertest"
)

var elders = brokertest.Organisation{KvK: "90009990", Name: "Stichting Elders"}

// passing are steps that last as long as the check of the form that started the case: ten seconds at most.
var passing = map[string]bool{"PasswordReset/finding": true, "EmailChange/await_address": true}

// linkedBefore are people with a link, each for one case.
var linkedBefore = []string{"moves", "moved", "settles", "adds", "joins", "belongs", "gone", "leaves"}

// waiting are cases that are held at their steps.
type waiting struct {
	t      *testing.T
	stack  *devstack.Stack
	people map[string]*traveller
}

// seed brings a case to each step.
func (w waiting) seed() {
	atOnce(len(linkedBefore), func(i int) { w.people[linkedBefore[i]].toHome() })
	for name, reach := range map[string]func(*traveller){"proof": (*traveller).toProof, "mailing": (*traveller).toMailing,
		"pin": (*traveller).toPIN, "completing": (*traveller).toCompleting, "notifying": (*traveller).toNotifying} {
		reach(w.people[name])
	}
	w.approval()
	w.resets()
	w.changes()
	w.additions()
	w.unlinkings()
	w.membership()
}

// approval has the representative asked.
func (w waiting) approval() {
	c := newCaller(w.t, w.stack)
	c.login("koos")
	c.prove(account{"koos@elders.example", regenboog2.username, regenboog2.password})
}

// resets wait for a mail to both sides, a representative, the helpdesk, nothing, and a mail server.
func (w waiting) resets() {
	w.ask("asks5", "proof")
	representative := newCaller(w.t, w.stack)
	representative.mailedToken("bestuur@regenboog.example", "/wachtwoord/nieuw")
	w.people["proof"].holdMail()
	representative.send("/wachtwoord/nieuw", url.Values{"new": {"een nieuw begin 2026"}})
	w.stack.Mailbox.SetFaultFor("voorzitter@linde.example", devstack.Fault{Code: 451})
	for persona, username := range map[string]string{"asks1": regenboog2.username, "asks2": "kring01", "asks3": "nobody01", "asks4": "linde01"} {
		w.ask(persona, username)
	}
}

func (w waiting) ask(persona, username string) {
	c := newCaller(w.t, w.stack)
	c.login(persona)
	c.send("/wachtwoord-vergeten", url.Values{"account": {username}})
}

// changes have a PIN that does not come, one that came, one that was right, and a mail about the change that does not
// come.
func (w waiting) changes() {
	w.stack.Mailbox.SetFaultFor("late@elders.example", devstack.Fault{Code: 451})
	for name, email := range map[string]string{"moves": "late@elders.example", "gone": "soon@elders.example",
		"moved": "moved@elders.example", "settles": "settles@elders.example"} {
		w.people[name].caller.send("/koppeling/e-mail", url.Values{"email": {email}})
	}
	w.people["gone"].anyPIN("soon@elders.example")
	w.people["moved"].holdMail()
	w.people["moved"].caller.send("/koppeling/e-mail/pincode", url.Values{"pin": {w.people["moved"].anyPIN("moved@elders.example")}})
	settles := w.people["settles"]
	form := url.Values{"pin": {settles.anyPIN("settles@elders.example")}, "nonce": {settles.nonce("/koppeling/e-mail/pincode")}}
	settles.sendHeld(`select 1 from persons where email = '`+settles.email+`' for update`, "/koppeling/e-mail/pincode", form, `email_changes`)
}

// additions: one that was not proved, one that a representative decides, one that is made, one that is told about.
func (w waiting) additions() {
	adds := w.people["adds"]
	got := adds.submit("/account-toevoegen/bewijs", url.Values{"instelling": {"14JT"}, "username": {"zeester01"}, "password": {"verkeerd"},
		"nonce": {adds.nonce("/account-toevoegen/bewijs?instelling=14JT")}})
	wantStatus(w.t, got, http.StatusUnprocessableEntity)
	got = adds.submit("/account-toevoegen/toestemming", url.Values{"instelling": {"04AP"},
		"nonce": {adds.nonce("/account-toevoegen/bewijs?instelling=04AP")}})
	wantStatus(w.t, got, http.StatusSeeOther)
	for _, name := range []string{"joins", "belongs"} {
		if _, err := adds.db.Exec(`insert into contacts (institution, email) values ('14JT', $1)`, w.people[name].email); err != nil {
			w.t.Fatal(err)
		}
	}
	w.people["belongs"].holdMail()
	w.people["belongs"].addInstitution("14JT")
}

// membership has an addition that cannot be made, as nobody can get a membership meanwhile.
func (w waiting) membership() {
	joins := w.people["joins"]
	form := url.Values{"keuze": {"14JT"}, "nonce": {joins.nonce("/account-toevoegen/controleren?instelling=14JT")}}
	joins.sendHeld(`lock table memberships in share row exclusive mode`, "/account-toevoegen/controleren", form, `additions`)
}

// sendHeld sends a form while a lock is held, so that the case cannot complete.
func (p *traveller) sendHeld(lock, path string, form url.Values, cases string) {
	p.t.Helper()
	var err error
	if p.hold, err = p.db.BeginTx(context.Background(), nil); err == nil {
		_, err = p.hold.Exec(lock)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.patient, p.sent = true, make(chan reply, 1)
	go func() { p.sent <- p.post(path, form) }()
	p.awaitRow(`select count(*) from ` + cases + ` c join legacy_accounts a on a.person = c.person where a.username = $1 and c.step = 'completing'`)
}

// unlinkings: one reported by its person, one proposed by an agent, one done that people are not told of.
func (w waiting) unlinkings() {
	c := w.people["adds"]
	found := regexp.MustCompile(`/koppeling/niet-van-mij\?welke=([^"]+)`).FindStringSubmatch(c.get("/koppeling").body)
	if found == nil {
		w.t.Fatal("no link to report the own login")
	}
	got := c.submit("/koppeling/niet-van-mij", url.Values{"welke": {found[1]}, "nonce": {c.nonce("/koppeling/niet-van-mij?welke=" + found[1])}})
	wantStatus(w.t, got, http.StatusOK)
	agents, why := []string{agent(w.t, w.stack, "Annabel"), agent(w.t, w.stack, "Berend")}, []string{"--reason", "not_mine", "--ticket", "HD-20261"}
	for _, name := range []string{"moves", "leaves"} {
		act(w.t, w.stack, agents[0], append([]string{"helpdesk", "unlink", w.people[name].reference()}, why...)...)
	}
	w.people["leaves"].holdMail()
	issueCode(w.t, w.stack, agents[0], "03AB")
	act(w.t, w.stack, agents[1], append([]string{"helpdesk", "unlink", "confirm", w.people["leaves"].reference()}, why...)...)
}

// reference is that of the person's linking.
func (p *traveller) reference() (reference string) {
	p.t.Helper()
	if err := p.db.QueryRow(`select l.reference from linkings l join legacy_accounts a on a.id = l.account
		where a.username = $1`, p.username).Scan(&reference); err != nil {
		p.t.Fatal(err)
	}
	return reference
}

// finish lets go of what was held. Who waits for no mail that is tried again only minutes later goes on to the end.
func (w waiting) finish() {
	for _, p := range w.people {
		p.release()
	}
	for _, name := range []string{"pin", "completing"} {
		w.people[name].finish()
		w.people[name].linkedOnce()
	}
}
