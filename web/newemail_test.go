package web

import (
	"net/url"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

const newAddress = "jan.jansen@regenboog.example"

func TestNewAddressIsHandedToTheChangeOfThePerson(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		w.changeAt(onboarding.AwaitPIN, nil)
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	b.press(newEmailPath, newEmailPath, url.Values{"email": {" Jan.Jansen@Regenboog.example "}}).redirects(newPINPath)
	who, err := w.db.Identity(t.Context(), w.identity())
	w.must(err)
	sent := w.engine.last()
	if want := workflows.EmailChangeID(w.lookup.Hash, who.Person); sent.WorkflowID != want || sent.UpdateName != workflows.ChangeAddress {
		t.Errorf("%s was sent to %s, want %s", sent.UpdateName, sent.WorkflowID, want)
	}
	if len(w.engine.changes) != 1 || w.engine.changes[0].Person != who.Person || len(w.engine.changes[0].Institutions) != 1 {
		t.Errorf("begun: %+v", w.engine.changes)
	}
	b.get(newPINPath).expect(200).headed(nl("new.pin.h"))
}

func TestNewAddressIsRefusedBeforeAnybodyIsAsked(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	for address, key := range map[string]string{"info@regenboog.example": "algemeen e-mailadres", "J.Jansen@Regenboog.example": "al uw e-mailadres",
		"": nl("e.mail.empty"), "jan@": nl("e.mail.form")} {
		b.press(newEmailPath, newEmailPath, url.Values{"email": {address}}).expect(422).says(key)
	}
	if w.engine.last().UpdateName != "" {
		t.Error("the engine was asked")
	}
}

func TestNewAddressNeedsAFreshLogin(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	nonce := b.get(newEmailPath).expect(200).value("nonce")
	for range 2 {
		w.now = w.now.Add(onboarding.LoginFresh/2 + time.Second)
		b.get(homePath).expect(200)
	}
	b.get(newEmailPath).expect(403).headed(nl("p.fresh.mail.h"))
	b.post(newEmailPath, url.Values{"email": {newAddress}, "nonce": {nonce}}).expect(403).headed(nl("p.fresh.mail.h"))
	if w.engine.last().UpdateName != "" {
		t.Error("the engine was asked")
	}
}

func TestRightPINLeadsToTheNewAddress(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	c := w.changeAt(onboarding.AwaitPIN, nil)
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		_, err := w.sql.Exec(`update persons set email = $1; `, newAddress)
		w.must(err)
		_, err = w.sql.Exec(`update email_changes set step = 'notifying' where id = $1`, c.ID)
		w.must(err)
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	b.follow(b.press(newPINPath, newPINPath, url.Values{"pin": {"123456"}})).expect(200).headed(nl("my.h")).
		says("Gelukt. Uw e-mailadres is nu " + newAddress)
	if got := w.engine.last().UpdateName; got != workflows.SubmitPIN {
		t.Errorf("%s was sent", got)
	}
}

func TestPINPageOfAChangeShowsItsCase(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	w.changeAt(onboarding.AwaitPIN, nil)
	page := b.get(newPINPath).expect(200).says(jansAddress, "M4LL-C4SE", "12.15")
	if n := page.doc.Find(".app-step").Length(); n != 0 {
		t.Error("the page is numbered as a step of linking")
	}
	for _, path := range []string{newPINPath, newPINPath + "/opnieuw", newEmailPath + "/stoppen"} {
		if page.doc.Find(`main form[action="`+path+`"]`).Length() != 1 {
			t.Errorf("no form leads to %s", path)
		}
	}
	b.get(profilePath).expect(200).says("U wilt uw e-mailadres wijzigen in " + jansAddress)
}

func TestPagesOfAChangeFollowItsCase(t *testing.T) {
	t.Parallel()
	for step, want := range map[onboarding.Step]string{onboarding.AwaitAddress: profilePath, onboarding.Notifying: profilePath,
		onboarding.Changed: profilePath, onboarding.Expired: profilePath, onboarding.Voided: profilePath} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			w, b := linkedWorld(t)
			w.changeAt(step, nil)
			b.get(newPINPath).redirects(want)
			nonce := b.get(newEmailPath).expect(200).value("nonce")
			b.post(newPINPath, url.Values{"pin": {"123456"}, "nonce": {nonce}}).redirects(want)
			if w.engine.last().UpdateName != "" {
				t.Error("the engine was asked")
			}
		})
	}
}

func TestChangeIsStopped(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	c := w.changeAt(onboarding.AwaitPIN, nil)
	w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		_, err := w.sql.Exec(`update email_changes set step = 'cancelled', ended_at = now() where id = $1`, c.ID)
		w.must(err)
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	b.press(newPINPath, newEmailPath+"/stoppen", nil).redirects(profilePath)
	if got := w.engine.last().UpdateName; got != workflows.Cancel {
		t.Errorf("%s was sent", got)
	}
}

func TestChangeOfSomebodyElseIsOutOfReach(t *testing.T) {
	t.Parallel()
	w, jane := linkedWorld(t)
	w.now = w.now.Add(time.Second)
	piet := w.browser()
	piet.login("piet")
	w.link()
	piet.get(homePath).expect(200)
	w.changeAt(onboarding.AwaitPIN, func(c *store.EmailChange) { c.LockedUntil = c.Since.Add(time.Hour) })
	jane.get(newPINPath).redirects(profilePath)
	nonce := jane.get(newEmailPath).expect(200).value("nonce")
	for _, path := range []string{newPINPath, newPINPath + "/opnieuw"} {
		jane.post(path, url.Values{"nonce": {nonce}, "pin": {"123456"}}).redirects(profilePath)
	}
	if w.engine.last().UpdateName != "" {
		t.Error("the engine was asked")
	}
	piet.get(newPINPath).expect(429)
}

func TestChangeNeedsALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	nonce := b.get(linkPath).value("nonce")
	for _, path := range []string{newEmailPath, newPINPath} {
		b.get(path).redirects(linkPath)
		b.post(path, url.Values{"nonce": {nonce}, "email": {newAddress}, "pin": {"123456"}}).redirects(linkPath)
	}
	b.post(newEmailPath+"/stoppen", url.Values{"nonce": {nonce}}).redirects(linkPath)
}
