package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"koppel/messages"
)

// TestFirstLoginLinksAndTheSecondGoesStraightIn is the journey the whole system is for: in both languages, on a wide and
// a narrow screen, with and without scripts.
func TestFirstLoginLinksAndTheSecondGoesStraightIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		size     screen
		scripts  scripts
		language string
		persona  string
		account  account
		place    string // an institution of the account, as the last page names it
	}{
		{"wide-nl", wide, true, "nl", "jane", regenboog1, "De Regenboog"},
		{"narrow-en", narrow, true, "en", "jane", regenboog1, "De Regenboog"},
		{"wide-en", wide, false, "en", "piet", regenboog2, "Stichting De Regenboog"},
		{"narrow-nl", narrow, false, "nl", "piet", regenboog2, "Stichting De Regenboog"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := newVisitor(t, startStack(t), test.size, test.scripts)
			v.open(v.stack.WebURL() + "/?taal=" + test.language)
			v.await(`html[lang="` + test.language + `"]`)
			v.login(test.persona)
			v.link(test.account)
			v.confirm(v.mailedPIN(test.account.email, 1))
			v.awaitPath("/start")
			v.await(`html[lang="` + test.language + `"]`)
			v.look("home")
			v.shows(test.place)
			v.open(v.stack.Mailbox.URL())
			v.look("mailbox")
			v.open(v.stack.Mailbox.URL() + "/mail/1")
			v.look("mail")

			v.open(v.stack.WebURL() + "/start")
			v.logout()
			v.login(test.persona)
			v.awaitPath("/start")
			v.shows(test.place)
			v.oneLink()
		})
	}
}

// TestRefusals shows what people see whose login or account does not do.
func TestRefusals(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	for _, test := range []struct {
		name string
		act  func(v *visitor)
		want string // key of the message
	}{
		{"level-too-low", func(v *visitor) { v.login("laura") }, "p.loa.h"},
		{"supplier-says-no", func(v *visitor) { v.login("carl") }, "p.cancel.h"},
		{"stopped-at-the-broker", func(v *visitor) { v.startLogin(); v.press(`form[action$="/stoppen"] button`) }, "p.cancel.h"},
		{"no-mandate", func(v *visitor) { v.login("nina"); v.press(`form[action$="/stoppen"] button`) }, "p.cancel.h"},
		{"one-branch", func(v *visitor) { v.login("bram") }, "p.branch.h"},
		{"other-organisation", func(v *visitor) { v.login("koos"); v.prove(regenboog1) }, "p.wait.h"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVisitor(t, stack, narrow, true)
			test.act(v)
			v.await(`html[lang="nl"] h1`)
			v.awaitText(messages.Text(messages.Dutch, test.want, nil))
			v.look(test.name)
		})
	}
}

// TestPersonasGetAsFarAsTheyShould is for those whose way is special without a page of its own: an office in between, a
// broker that changes its certificate, a broker that is down.
func TestPersonasGetAsFarAsTheyShould(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	for persona, status := range map[string]int{"karin": http.StatusSeeOther, "rik": http.StatusSeeOther, "dora": http.StatusServiceUnavailable} {
		c := newCaller(t, stack)
		if got := c.comeBack(persona); got.status != status {
			t.Errorf("%s: %v, want %d", persona, got, status)
		}
	}
}

// TestTypingErrors makes each mistake once and gets on in the same browser.
func TestTypingErrors(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, startStack(t), narrow, true)
	v.login("jane")
	wrong := regenboog1
	wrong.password = "Regenboog-2020"
	v.prove(wrong)
	v.awaitText(messages.Text(messages.Dutch, "e.cred", map[string]string{"n": "4"}))
	v.look("wrong-password")
	v.link(regenboog1)
	pin := v.mailedPIN(regenboog1.email, 1)
	v.confirm(differentPIN(pin))
	v.await(`[name=pin][aria-invalid=true]`)
	v.look("wrong-pin")
	v.confirm(pin)
	v.awaitPath("/start")
	v.oneLink()
}

// differentPIN changes the last digit.
func differentPIN(pin string) string {
	last := pin[len(pin)-1]
	return pin[:len(pin)-1] + string('0'+(last-'0'+1)%10)
}

// TestTwoBoards chooses at the broker for whom to log in.
func TestTwoBoards(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, startStack(t), wide, true)
	v.login("wim")
	v.await(`[name=organisatie]`)
	v.look("broker-organisation")
	v.run("choose the organisation", chromedp.Click(chromedp.CSS(`[name=organisatie][value="90005678"]`)))
	v.press(`form[action$="/organisatie"] button`)
	v.awaitPath("/koppelen")
	v.shows("Vereniging De Linde")
}
