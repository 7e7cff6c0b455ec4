package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"koppel/devstack"
	"koppel/eherkenning/brokertest"
	"koppel/passwords"
)

// traveller is a caller who has stopped somewhere on the journey: an open page, a form, a way back from the broker.
type traveller struct {
	*caller
	account
	way  url.Values // what takes the browser to the broker
	back string     // where the broker sends the browser
	form url.Values // the form of the open page, filled in
	sent chan reply // the answer to a form that nobody waits for
	db   *sql.DB
	hold *sql.Tx // keeps the link from being made
}

var regenboog = brokertest.Organisation{KvK: "90001234", Name: "Stichting De Regenboog"}

// people makes personas of one board, with which their accounts match.
func people(names ...string) []brokertest.Persona { return peopleOf(regenboog, names...) }

func peopleOf(board brokertest.Organisation, names ...string) []brokertest.Persona {
	personas := make([]brokertest.Persona, len(names))
	for i, name := range names {
		personas[i] = brokertest.Persona{Username: name, Name: name, Level: brokertest.Level3, Organisations: []brokertest.Organisation{board}}
	}
	return personas
}

// giveAccounts makes an account of a school of that board for each name, whose hash costs what params say.
func giveAccounts(t *testing.T, db *sql.DB, params passwords.Params, names ...string) []account {
	t.Helper()
	const password = "Wachtwoord-2019"
	hash, err := params.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	accounts := make([]account, len(names))
	for i, name := range names {
		accounts[i] = account{name + "@regenboog.example", name, password}
		_, err := db.ExecContext(t.Context(), `
			insert into legacy_accounts (username, username_key, email, institution, password_hash)
			values ($1, $1, $2, '03AB', $3)`, name, accounts[i].email, hash)
		if err != nil {
			t.Fatal(err)
		}
	}
	return accounts
}

func openDatabase(t *testing.T, stack *devstack.Stack) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", stack.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// The actions of a person, each on what is open.

func (p *traveller) pressLogin() reply {
	got := p.post("/eherkenning/start", nil)
	p.way = url.Values{"SAMLRequest": {value(got.body, "SAMLRequest")}, "RelayState": {value(got.body, "RelayState")}}
	return got
}

func (p *traveller) passBroker() reply {
	back, err := brokertest.Login(http.DefaultClient, p.stack.Broker.URL(), brokertest.Visit{
		SAMLRequest: p.way.Get("SAMLRequest"), RelayState: p.way.Get("RelayState"), Username: p.username,
	})
	if err != nil {
		return reply{}
	}
	p.back = back.URL
	return reply{status: http.StatusSeeOther, location: back.URL}
}

func (p *traveller) openReturn() reply { return p.get(p.back) }
func (p *traveller) openProof() reply  { return p.get("/koppelen") }
func (p *traveller) openPIN() reply    { return p.get("/koppelen/pincode") }
func (p *traveller) openHome() reply   { return p.get("/start") }

func (p *traveller) sendProof() reply { return p.send("/koppelen") }
func (p *traveller) sendPIN() reply   { return p.send("/koppelen/pincode") }

// send sends the form. One that comes back keeps what was typed, and may have another nonce.
func (p *traveller) send(path string) reply {
	got := p.post(path, p.form)
	if nonce := value(got.body, "nonce"); got.status == http.StatusServiceUnavailable && nonce != "" {
		p.form.Set("nonce", nonce)
	}
	return got
}

// The places of the journey, each with the way to it.

func (p *traveller) toStart() { p.must(p.get("/"), http.StatusOK) }

func (p *traveller) toBroker() {
	p.toStart()
	p.must(p.pressLogin(), http.StatusOK)
}

func (p *traveller) toReturn() {
	p.toBroker()
	p.must(p.passBroker(), http.StatusSeeOther)
}

func (p *traveller) toProof() {
	p.toReturn()
	p.must(p.openReturn(), http.StatusSeeOther)
	p.form = p.account.form(p.nonce("/koppelen"))
}

func (p *traveller) toMailing() {
	p.toProof()
	p.holdMail()
	p.insist(p.sendProof)
	p.awaitRow(`select count(*) from mails join linkings l on l.id = case_id
		join legacy_accounts a on a.id = l.account where a.username = $1 and state = 'late'`)
}

func (p *traveller) toPIN() {
	p.toProof()
	p.insist(p.sendProof)
	pin := p.pinIn(p.email)
	p.form = url.Values{"pin": {pin}, "nonce": {p.nonce("/koppelen/pincode")}}
}

func (p *traveller) toCompleting() {
	p.toPIN()
	p.holdLink()
	p.patient, p.sent = true, make(chan reply, 1)
	go func() { p.sent <- p.sendPIN() }() // the answer takes long, and the person opens the page instead
	p.awaitRow(`select count(*) from linkings l join legacy_accounts a on a.id = l.account
		where a.username = $1 and step = 'completing'`)
}

func (p *traveller) toNotifying() {
	p.toPIN()
	p.holdMail()
	p.insist(p.sendPIN)
}

func (p *traveller) toHome() {
	p.toPIN()
	p.insist(p.sendPIN)
	p.must(p.openHome(), http.StatusOK)
}

func (p *traveller) must(got reply, status int) {
	p.t.Helper()
	if got.status != status {
		p.t.Fatalf("%s: got %v, want %d: %s", p.username, got, status, heading(got.body))
	}
}

// insist sends a form again while a busy machine asks for that.
func (p *traveller) insist(send func() reply) {
	p.t.Helper()
	ctx := within(p.t, time.Minute)
	got := send()
	for got.status == http.StatusServiceUnavailable && ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
		got = send()
	}
	p.must(got, http.StatusSeeOther)
}

// holdMail makes the mail server ask to try this person's mail again later.
func (p *traveller) holdMail() { p.stack.Mailbox.SetFaultFor(p.email, devstack.Fault{Code: 451}) }

// holdLink makes the transaction that links wait.
func (p *traveller) holdLink() {
	p.t.Helper()
	var err error
	if p.hold, err = p.db.BeginTx(context.Background(), nil); err == nil {
		_, err = p.hold.Exec(`select 1 from legacy_accounts where username = $1 for update`, p.username)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// release lets go of what was held, and of the form that was not waited for.
func (p *traveller) release() {
	p.stack.Mailbox.SetFaultFor(p.email, devstack.Fault{})
	if p.hold != nil {
		_ = p.hold.Rollback() // the database may have gone away, and the lock with it
	}
	if p.sent != nil {
		<-p.sent
	}
}

// awaitRow waits until a count for this person's username is more than 0.
func (p *traveller) awaitRow(count string) {
	p.t.Helper()
	ctx := within(p.t, time.Minute)
	for n := 0; n == 0; time.Sleep(50 * time.Millisecond) {
		if err := p.db.QueryRowContext(ctx, count, p.username).Scan(&n); err != nil {
			p.t.Fatalf("%s waits for %s: %v", p.username, count, err)
		}
	}
}

// finish does what the pages ask until the person is in.
func (p *traveller) finish() {
	p.t.Helper()
	ctx := within(p.t, time.Minute)
	for got := p.openHome(); got.status != http.StatusOK; got = p.openHome() {
		switch {
		case got.location == "/koppelen":
			p.form = p.account.form(value(p.openProof().body, "nonce"))
			p.sendProof()
		case got.location == "/koppelen/pincode":
			if nonce := value(p.openPIN().body, "nonce"); nonce != "" && len(p.stack.Mailbox.Mails(p.email)) > 0 {
				p.form = url.Values{"pin": {p.pinIn(p.email)}, "nonce": {nonce}}
				p.sendPIN()
			}
		case got.status == http.StatusSeeOther:
			p.pressLogin()
			p.passBroker()
			p.openReturn()
		}
		select {
		case <-ctx.Done():
			p.t.Errorf("%s does not get in: %v", p.username, got)
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// linkedOnce checks what is left of a finished journey: one case, one link, each counted once, and no mail lost,
// changed or repeated more than once.
func (p *traveller) linkedOnce() {
	p.t.Helper()
	p.awaitRow(`select count(*) from linkings l join legacy_accounts a on a.id = l.account
		where a.username = $1 and step = 'linked'`)
	var got string
	err := p.db.QueryRowContext(p.t.Context(), `
		with mine as (select * from legacy_accounts where username = $1),
		cases as (select * from linkings where account = (select id from mine)),
		events as (select event from audit where case_id in (select id from cases))
		select concat_ws(' ',
			(select count(*) from mine where person is not null and password_hash is null),
			(select count(*) from identities where person = (select person from mine)),
			(select count(*) from memberships where person = (select person from mine)),
			(select count(*) from linkings where identity in (select identity from cases)),
			(select count(*) from events where event = 'proof.right'),
			(select count(*) from events where event = 'pin.right'),
			(select count(*) from events where event = 'linked'))`, p.username).Scan(&got)
	if err != nil || got != "1 1 1 1 1 1 1" {
		p.t.Errorf("%s: accounts, identities, memberships, cases, right proofs, right PINs, links: got %s, %v; want one of each",
			p.username, got, err)
	}
	p.mailedOnce()
}

func (p *traveller) mailedOnce() {
	p.t.Helper()
	copies, pins := map[string]int{}, map[string]bool{}
	for _, mail := range p.stack.Mailbox.Mails(p.email) {
		pin := regexp.MustCompile(`\b\d{6}\b`).FindString(mail.Text)
		if copies[fmt.Sprint(pin != "", " ", mail.MessageID)]++; pin != "" {
			pins[pin] = true
		}
	}
	if len(copies) != 2 || len(pins) != 1 {
		p.t.Errorf("%s: got mails %v with PINs %v, want one with a PIN and one confirmation", p.username, copies, pins)
	}
	for id, n := range copies {
		if n > 2 {
			p.t.Errorf("%s: got mail %s %d times, want at most twice", p.username, id, n)
		}
	}
}
