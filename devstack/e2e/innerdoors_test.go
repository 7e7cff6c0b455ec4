package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"koppel/devstack"
	"koppel/messages"
)

// joining: Jane logs in with another eHerkenning from within, first in vain, and adds a school of that organisation by
// its activation code.
func joining(t *testing.T, stack *devstack.Stack) {
	code := issueCode(t, stack, agent(t, stack, "Berend"), "29AZ")
	v := newVisitor(t, stack, narrow, true)
	v.open(stack.WebURL() + "/?taal=en")
	v.login("jane")
	v.awaitPath("/start")
	v.addOther("29AZ")
	v.look("adding-other-organisation")
	v.loginAgain("carl")
	v.awaitText(messages.Text(messages.English, "p.join.cancel.h", nil))
	v.look("join-cancelled")
	v.addOther("29AZ")
	v.loginAgain("wim")
	v.run("choose the organisation", chromedp.Click(chromedp.CSS(`[name=organisatie][value="90005678"]`)))
	v.press(`form[action$="/organisatie"] button`)
	v.awaitPath("/account-toevoegen")
	v.addOther("29AZ")
	v.look("adding-by-proof")
	v.typeCode(mistyped(code))
	v.awaitText(messages.Text(messages.English, "e.code.check", nil))
	v.look("adding-code-mistyped")
	v.typeCode(code)
	v.awaitPath("/account-toevoegen/resultaat")
	v.open(stack.WebURL() + "/start")
	v.shows("De Regenboog", "De Wegwijzer")
	v.look("home-joined")
}

// addOther asks for an institution that the register does not let the person add.
func (v *visitor) addOther(code string) {
	v.t.Helper()
	v.open(v.stack.WebURL() + "/account-toevoegen")
	v.fill(map[string]string{"instelling": code})
	v.press(`form[action="/account-toevoegen/code"] [type=submit]`)
	v.awaitPath("/account-toevoegen/bewijs")
}

// loginAgain logs in at the broker as somebody else, without logging out.
func (v *visitor) loginAgain(persona string) {
	v.t.Helper()
	v.press(`form[action="/account-toevoegen/inloggen"] [type=submit]`)
	v.await(`#leverancier`)
	v.passBroker(persona)
}

// ownLink: Jane changes her address, with a mistake in it and in the PIN, and then reports that her link was not her.
func ownLink(t *testing.T, stack *devstack.Stack) {
	const email = "jane@jansen.example"
	v := newVisitor(t, stack, wide, true)
	v.login("jane")
	v.awaitPath("/start")
	v.open(stack.WebURL() + "/koppeling")
	v.press(`main a[href="/koppeling/e-mail"]`)
	v.typeEmail(regenboog1.email)
	v.awaitText(messages.Text(messages.Dutch, "e.mail.same", map[string]string{"email": regenboog1.email}))
	v.look("same-address")
	v.typeEmail(email)
	v.awaitPath("/koppeling/e-mail/pincode")
	pin := v.anyPIN(email)
	v.look("change-pin")
	v.typePIN(differentPIN(pin))
	v.await(`[name=pin][aria-invalid=true]`)
	v.typePIN(pin)
	v.awaitPath("/koppeling")
	v.shows(email)
	v.look("profile-changed")
	v.report()
}

func (v *visitor) typeEmail(email string) {
	v.t.Helper()
	v.fill(map[string]string{"email": email})
	v.press(`form[action="/koppeling/e-mail"] [type=submit]`)
}

func (v *visitor) typePIN(pin string) {
	v.t.Helper()
	v.fill(map[string]string{"pin": pin})
	v.press(`form[action="/koppeling/e-mail/pincode"] [type=submit]`)
}

// report tells the helpdesk that the own link was not the person; the page shows the reference of that case.
func (v *visitor) report() {
	v.t.Helper()
	v.press(`main a[href^="/koppeling/niet-van-mij"]`)
	v.awaitPath("/koppeling/niet-van-mij")
	v.look("not-mine")
	v.press(`form[action="/koppeling/niet-van-mij"] [type=submit]`)
	v.awaitText(messages.Text(messages.Dutch, "p.reported.h", nil))
	var reference string
	query(v.t, v.stack, `select reference from linkings where step = 'linked' order by since desc limit 1`, &reference)
	v.shows(reference)
	v.look("reported")
}
