package web

import (
	"net/http"
	"net/url"
	"testing"

	"koppel/onboarding"
)

// mistyped is the form that proves the account, with an address that looks mistyped.
func mistyped(nonce, email string) url.Values {
	form := credentials(nonce)
	form.Set("email", email)
	return form
}

func TestAMistypedAddressIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.AskAgain})
	question := nl("typo", "voorstel", "jan@gmail.com", "knop", nl("next"))
	page := b.post(linkPath, mistyped(b.get(linkPath).value("nonce"), "jan@gmial.com")).expect(http.StatusUnprocessableEntity)
	page.says(question, nl("e.pw.again"))
	if len(w.engine.updates) != 0 {
		t.Error("the form was submitted before its question was answered")
	}
	page = b.post(linkPath, mistyped(page.value("nonce"), "jan@gmail.con")).says(question)
	page = b.post(linkPath, mistyped(page.value("nonce"), "jan@gmail.con")).expect(http.StatusUnprocessableEntity)
	page.says(nl("e.again"))
	b.post(linkPath, mistyped(page.value("nonce"), "jan@gmail.con")).says(nl("e.again"))
	if len(w.engine.updates) != 2 {
		t.Errorf("%d forms were submitted, want those two with the address that was confirmed", len(w.engine.updates))
	}
}

func TestAnotherAddressIsAskedAboutToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.at(onboarding.AwaitPIN, nil)
	form := url.Values{"nonce": {b.get("/koppelen/e-mail").value("nonce")}, "email": {"jan@hotmail.con"}}
	page := b.post("/koppelen/e-mail", form).expect(http.StatusUnprocessableEntity)
	page.says(nl("typo", "voorstel", "jan@hotmail.com", "knop", nl("other.btn")))
	form.Set("nonce", page.value("nonce"))
	b.post("/koppelen/e-mail", form).redirects(pinPath)
}

func TestAQuestionIsAskedInTheOtherLanguageToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	page := b.post(linkPath, mistyped(b.get(linkPath).value("nonce"), "jan@gmial.com")).expect(http.StatusUnprocessableEntity)
	b.switchLanguage(page).says("Do you mean jan@gmail.com?", "select 'Continue' again")
}

func TestTheDomainOfTheOwnOrganisationIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	_, err := w.sql.Exec(`
		insert into institutions (code, kind, name, kvk) select '41137', 'board', 'Stichting De Kring', kvk from identities;
		insert into institutions (code, kind, name, board) values ('03AB', 'school', 'De Regenboog', '41137');
		insert into institutions (code, kind, name, kvk) values ('41990', 'board', 'Elders', '90009999');
		insert into contacts values ('03AB', 'a@regenboog.example'), ('41990', 'b@elders.example')`)
	w.must(err)
	nonce := b.get(linkPath).value("nonce")
	b.post(linkPath, mistyped(nonce, "jan@eldres.example")).redirects(linkPath)
	page := b.post(linkPath, mistyped(b.get(linkPath).value("nonce"), "jan@regenbog.example")).expect(http.StatusUnprocessableEntity)
	page.says("jan@regenboog.example")
}

func TestSharedAddressesAreRefusedInEveryForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	refuses := func(page, path string, form url.Values) {
		t.Helper()
		form.Set("email", "info@regenboog.example")
		form.Set("nonce", b.get(page).value("nonce"))
		b.post(path, form).expect(http.StatusUnprocessableEntity).
			says(nl("e.mail.general", "email", "info@regenboog.example", "domein", "regenboog.example"))
	}
	refuses(linkPath, linkPath, credentials(""))
	refuses(codePath, codePath, url.Values{"code": {"x"}})
	w.at(onboarding.AwaitPIN, nil)
	refuses("/koppelen/e-mail", "/koppelen/e-mail", url.Values{})
	if len(w.engine.updates) != 0 {
		t.Error("a shared address was handed over")
	}
}
