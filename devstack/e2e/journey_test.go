package e2e

import "testing"

// TestFirstLoginLinksAndTheSecondGoesStraightIn is the journey the whole system is for, in both languages and on a wide
// and a narrow screen.
func TestFirstLoginLinksAndTheSecondGoesStraightIn(t *testing.T) {
	for _, test := range []struct {
		name     string
		size     screen
		language string
		persona  string
		account  account
		place    string // an institution of the account, as the last page names it
	}{
		{"wide-nl", wide, "nl", "jane", regenboog1, "De Regenboog"},
		{"narrow-en", narrow, "en", "jane", regenboog1, "De Regenboog"},
		{"wide-en", wide, "en", "piet", regenboog2, "Stichting De Regenboog"},
		{"narrow-nl", narrow, "nl", "piet", regenboog2, "Stichting De Regenboog"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVisitor(t, startStack(t), test.size)
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
		})
	}
}
