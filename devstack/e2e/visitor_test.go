package e2e

import (
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"koppel/devstack"
)

// visitor is a person with a browser on a stack.
type visitor struct {
	*browser
	stack   *devstack.Stack
	scripts scripts
}

func newVisitor(t *testing.T, stack *devstack.Stack, size screen, allowed scripts) *visitor {
	return &visitor{newBrowser(t, size, allowed), stack, allowed}
}

// account is what a person knows of the old account.
type account struct{ email, username, password string }

var (
	regenboog1 = account{"jane.jansen@regenboog.example", "regenboog01", "Regenboog-2019"}
	regenboog2 = account{"piet.peters@regenboog.example", "regenboog02", "Regenboog-2020"}
)

const supplier = "urn:etoegang:AD:00000003888888880000:entities:9001"

// startLogin goes from the start page to the broker's first page.
func (v *visitor) startLogin() {
	v.t.Helper()
	v.open(v.stack.WebURL() + "/")
	v.look("login")
	v.press(`form[action="/eherkenning/start"] [type=submit]`)
	if !v.scripts { // else the page in between goes on by itself
		v.look("go")
		v.press(`form[action$="/sso"] [type=submit]`)
	}
	v.await(`#leverancier`)
}

// passBroker logs in as a persona of the broker, as far as the code.
func (v *visitor) passBroker(persona string) {
	v.t.Helper()
	v.look("broker-supplier")
	v.run("choose the supplier", chromedp.SetValue(chromedp.CSS(`#leverancier`), supplier))
	v.press(`form[action$="/leverancier"] button`)
	v.fill(map[string]string{"gebruikersnaam": persona, "wachtwoord": "demo"})
	v.look("broker-password")
	v.press(`form[action$="/wachtwoord"] button`)
	v.fill(map[string]string{"code": "123456"})
	v.look("broker-code")
	v.press(`form[action$="/code"] button`)
}

// login goes from the start page through the broker.
func (v *visitor) login(persona string) {
	v.t.Helper()
	v.startLogin()
	v.passBroker(persona)
}

// link proves the old account, which lets a PIN be mailed.
func (v *visitor) link(a account) {
	v.t.Helper()
	v.prove(a)
	v.awaitPath("/koppelen/pincode")
}

// prove types the old account, which may be refused.
func (v *visitor) prove(a account) {
	v.t.Helper()
	v.awaitPath("/koppelen")
	v.fill(map[string]string{"email": a.email, "username": a.username, "password": a.password})
	v.look("link")
	v.press(`form[action="/koppelen"] [type=submit]`)
}

// mailPatience is longer than Temporal takes to notice that a worker died with a mail in its hands.
const mailPatience = time.Minute

// mailedPIN waits for the mail with that number to the address, from 1, and reads its PIN.
func (v *visitor) mailedPIN(email string, number int) string {
	v.t.Helper()
	mail, err := v.stack.Mailbox.Await(within(v.t, mailPatience), email, number)
	if err != nil {
		v.t.Fatalf("wait for the PIN: %v\n%s", err, v.page())
	}
	pin := regexp.MustCompile(`\b\d{6}\b`).FindString(mail.Text)
	if pin == "" {
		v.t.Fatalf("no PIN in the mail:\n%s", mail.Text)
	}
	return pin
}

// confirm types the PIN.
func (v *visitor) confirm(pin string) {
	v.t.Helper()
	v.fill(map[string]string{"pin": pin})
	v.look("pin")
	v.press(`form[action="/koppelen/pincode"] [type=submit]`)
}

// logout leaves by the menu that every page has.
func (v *visitor) logout() {
	v.t.Helper()
	v.press(`header summary`)
	v.press(`form[action="/uitloggen"] [type=submit]`)
	v.awaitPath("/uitgelogd")
	v.look("logged-out")
}
