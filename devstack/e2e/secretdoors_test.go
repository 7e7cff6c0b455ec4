package e2e

import (
	"testing"

	"koppel/devstack"
	"koppel/messages"
)

// activationCode: a contact person of a school without an account mistypes the code of its letter, and then does not.
func activationCode(t *testing.T, stack *devstack.Stack) {
	code := issueCode(t, stack, agent(t, stack, "Annabel"), "04AP")
	const email = "piet.peters@devlieger.example"
	v := newVisitor(t, stack, narrow, true)
	v.open(stack.WebURL() + "/?taal=en")
	v.login("piet")
	v.fill(map[string]string{"email": email})
	v.press(`[formaction="/koppelen?met=activatiecode"]`)
	v.awaitTrue("the form of the code, with the address", `document.querySelector("[name=code]") !== null &&
		document.querySelector("main [name=email]").value === "`+email+`"`)
	v.look("code")
	v.typeCode(mistyped(code))
	v.awaitText(messages.Text(messages.English, "e.code.check", nil))
	v.look("code-mistyped")
	v.typeCode(code)
	v.awaitPath("/koppelen/pincode")
	v.confirm(v.anyPIN(email))
	v.awaitPath("/start")
	v.shows("De Vlieger")
	v.look("home-by-code")
}

// typeCode sends the form that has a field for an activation code.
func (v *visitor) typeCode(code string) {
	v.t.Helper()
	v.fill(map[string]string{"code": code})
	v.press(`main form:has([name=code]) .nl-button--primary`)
}

// mistyped is the code with another last character.
func mistyped(code string) string {
	if code[len(code)-1] == '7' {
		return code[:len(code)-1] + "8"
	}
	return code[:len(code)-1] + "7"
}

// forgottenPassword: a contact person asks for a new password, the representative chooses it and passes it on, and the
// old one works no more.
func forgottenPassword(t *testing.T, stack *devstack.Stack) {
	v, representative := newVisitor(t, stack, wide, true), newVisitor(t, stack, narrow, true)
	v.login("tess")
	v.press(`.app-forgotten a`)
	v.awaitPath("/wachtwoord-vergeten")
	v.look("forgotten")
	v.fill(map[string]string{"account": "linde01"})
	v.press(`form[action="/wachtwoord-vergeten"] [type=submit]`)
	v.awaitPath("/wachtwoord-vergeten/verstuurd")
	v.look("asked")
	const chosen = "zeven groene fietsen"
	representative.choosePassword("voorzitter@linde.example", chosen)
	v.press(`main a[href="/koppelen"]`)
	v.prove(account{"tess.terug@linde.example", "linde01", "Linde-2018"})
	v.awaitText(messages.Text(messages.Dutch, "e.cred", map[string]string{"n": "4"}))
	v.link(account{"tess.terug@linde.example", "linde01", chosen})
	v.confirm(v.anyPIN("tess.terug@linde.example"))
	v.awaitPath("/start")
	v.shows("De Linde")
}

// choosePassword opens the link that was mailed to a representative, and chooses; after that the link is dead.
func (v *visitor) choosePassword(email, password string) {
	v.t.Helper()
	link := v.inMails(email, mailedLink)
	v.open(v.stack.WebURL() + "/?taal=en")
	v.open(link)
	v.awaitTrue("an address without the token", `location.pathname === "/wachtwoord/nieuw" && location.search === ""`)
	v.look("new-password")
	v.fill(map[string]string{"new": "te kort"})
	v.press(`form[action="/wachtwoord/nieuw"] [type=submit]`)
	v.awaitText(messages.Text(messages.English, "e.new.short", nil))
	v.look("new-password-short")
	v.fill(map[string]string{"new": password})
	v.press(`form[action="/wachtwoord/nieuw"] [type=submit]`)
	v.awaitPath("/wachtwoord/gewijzigd")
	v.look("password-changed")
	v.open(link)
	v.awaitText(messages.Text(messages.English, "p.reset.h", nil))
	v.look("used-link")
}
