package e2e

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"koppel/devstack"
	"koppel/messages"
)

// TestOtherDoors goes through the doors beside username and password, on one stack: each with a refusal on the way, in one
// of the languages, on a wide and on a narrow screen.
func TestOtherDoors(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	t.Run("approval", func(t *testing.T) { approval(t, stack) })
	t.Run("adding", func(t *testing.T) { adding(t, stack) })
	t.Run("joining", func(t *testing.T) { joining(t, stack) })
	t.Run("own link", func(t *testing.T) { ownLink(t, stack) })
	t.Run("activation code", func(t *testing.T) { activationCode(t, stack) })
	t.Run("forgotten password", func(t *testing.T) { forgottenPassword(t, stack) })
}

// approval: a login of another organisation waits for the representative, who first refuses and then approves.
func approval(t *testing.T, stack *devstack.Stack) {
	v, representative := newVisitor(t, stack, narrow, true), newVisitor(t, stack, wide, true)
	v.open(stack.WebURL() + "/?taal=en")
	v.login("koos")
	v.prove(account{"koos@elders.example", regenboog1.username, regenboog1.password})
	v.awaitPath("/koppelen/wachten")
	v.look("waiting")
	representative.decide("bestuur@regenboog.example", 1, "weigeren")
	v.open(stack.WebURL() + "/koppelen")
	v.awaitText(messages.Text(messages.English, "p.refused.h", nil))
	v.look("declined")
	v.open(stack.WebURL() + "/koppelen?opnieuw=1")
	v.prove(account{"koos@elders.example", regenboog2.username, regenboog2.password})
	v.awaitPath("/koppelen/wachten")
	representative.decide("bestuur@regenboog.example", 2, "toestaan")
	pin := v.anyPIN("koos@elders.example")
	v.open(stack.WebURL() + "/koppelen")
	v.confirm(pin)
	v.awaitPath("/start")
	v.shows("Stichting De Regenboog")
}

// decide opens the link in the mail with that number to a representative and presses a button.
func (v *visitor) decide(email string, number int, answer string) {
	v.t.Helper()
	mail, err := v.stack.Mailbox.Await(within(v.t, mailPatience), email, number)
	if err != nil {
		v.t.Fatal(err)
	}
	v.open(mailedLink.FindString(mail.Text))
	v.await(`[name=antwoord]`)
	v.look("question")
	v.press(`[name=antwoord][value=` + answer + `]`)
	v.awaitTrue("the answer", `document.querySelector("[name=antwoord]") === null`)
	v.look("answer-" + answer)
	v.open(v.stack.WebURL() + "/toestemming")
	v.awaitTrue("a link that works once", `document.querySelector("[name=antwoord]") === null`)
}

// mailedLink is the link with a token in a mail.
var mailedLink = regexp.MustCompile(`http://\S+sleutel=\S+`)

// anyPIN waits for the first PIN in the mails to an address.
func (v *visitor) anyPIN(email string) string {
	v.t.Helper()
	return v.inMails(email, regexp.MustCompile(`\b\d{6}\b`))
}

// inMails waits for the first mail to an address in which something is found.
func (v *visitor) inMails(email string, wanted *regexp.Regexp) string {
	v.t.Helper()
	for number := 1; ; number++ {
		mail, err := v.stack.Mailbox.Await(within(v.t, mailPatience), email, number)
		if err != nil {
			v.t.Fatalf("no mail to %s has %s: %v\n%s", email, wanted, err, v.page())
		}
		if found := wanted.FindString(mail.Text); found != "" {
			return found
		}
	}
}

// adding: somebody who is contact person of a second school adds it, and is refused others.
func adding(t *testing.T, stack *devstack.Stack) {
	v := newVisitor(t, stack, narrow, true)
	v.login("jane")
	v.link(regenboog1)
	v.confirm(v.anyPIN(regenboog1.email))
	v.awaitPath("/start")
	v.press(`header summary`)
	v.look("menu")
	v.press(`header a[href="/account-toevoegen"]`)
	v.awaitPath("/account-toevoegen")
	v.look("adding")
	for _, refused := range []struct{ code, key string }{{"99ZZ", "p.unknownid.h"}, {"16AH", "p.notcontact.h"}, {"x", "e.id.form"}} {
		v.open(stack.WebURL() + "/account-toevoegen")
		v.fill(map[string]string{"instelling": refused.code})
		v.press(`form[action="/account-toevoegen/code"] [type=submit]`)
		v.awaitText(messages.Text(messages.Dutch, refused.key, nil))
		v.look("adding-" + refused.key)
	}
	v.open(stack.WebURL() + "/account-toevoegen?taal=en")
	v.run("choose", chromedp.Click(chromedp.CSS(`[name=keuze][value="14JT"]`)))
	v.press(`form[action="/account-toevoegen"] [type=submit]`)
	v.awaitPath("/account-toevoegen/controleren")
	v.look("adding-check")
	v.press(`form[action="/account-toevoegen/controleren"] [type=submit]`)
	v.awaitPath("/account-toevoegen/resultaat")
	v.look("adding-result")
	v.open(stack.WebURL() + "/start")
	v.shows("14JT")
	v.look("home-two")
	v.press(`form[action="/start/kiezen"] [type=submit]`)
	v.look("home-chosen")
	v.open(stack.WebURL() + "/koppeling")
	v.await(`#sessions`)
	v.look("profile")
}
