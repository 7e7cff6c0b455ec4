package web

import (
	"net/url"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// TestEveryPairOfStepsOfAQuestionEndsOnTheCurrentOne opens what a representative is asked, lets it be answered or end
// elsewhere, and goes on with the page: reloading it, and either button, end on what the link in the mail leads to now.
func TestEveryPairOfStepsOfAQuestionEndsOnTheCurrentOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	for name, current := range map[string]struct {
		become func(store.Approval)
		want   string
	}{
		"allowed elsewhere": {func(asked store.Approval) { w.decides(asked, onboarding.Approved) }, "p.ap.done.h"},
		"refused elsewhere": {func(asked store.Approval) { w.decides(asked, onboarding.Declined) }, "p.ap.done.h"},
		"withdrawn":         {func(asked store.Approval) { w.decides(asked, onboarding.Lapsed) }, "p.ap.gone.h"},
		"seven days later":  {func(asked store.Approval) { w.now = asked.ExpiresAt }, "p.ap.gone.h"},
	} {
		asked, token := w.asks(nil)
		old := w.browser()
		page := old.opens(token)
		current.become(asked)
		for _, button := range []string{"toestaan", "weigeren"} {
			form := url.Values{nonceField: {page.value(nonceField)}, answerField: {button}}
			old.follow(old.post("/toestemming", form)).headed(nl(current.want))
		}
		old.get("/toestemming").headed(nl(current.want))
		w.browser().opens(token).headed(nl(current.want))
		if len(w.engine.updates) != 0 {
			t.Errorf("%s: the case was asked", name)
		}
	}
}

// TestEveryPairOfStepsOfANewPasswordEndsOnTheCurrentOne is the same for the page where a representative chooses one.
func TestEveryPairOfStepsOfANewPasswordEndsOnTheCurrentOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	for name, become := range map[string]func(){
		"chosen elsewhere": func() { w.set(`update resets set step = 'changed'`) },
		"cancelled":        func() { w.set(`update resets set step = 'cancelled'`) },
		"run out":          func() { w.set(`update resets set step = 'expired'`) },
		"a newer link":     func() { w.set(`update resets set generation = 2`) },
		"a day later":      func() { w.now = w.now.Add(onboarding.ResetLinkLife) },
		"linked meanwhile": func() { w.set(`update legacy_accounts set password_ended_at = $1`, w.now.Add(time.Second)) },
	} {
		token := w.forgets("Regenboog01")
		old := w.browser()
		page := old.opensReset(token).headed(nl("rs.h"))
		become()
		old.choosePassword(page, goodPassword).headed(nl("p.reset.h"))
		old.get(newPasswordPath).headed(nl("p.reset.h"))
		w.browser().opensReset(token).headed(nl("p.reset.h"))
		if len(w.engine.updates) != 0 {
			t.Errorf("%s: the case was asked", name)
		}
	}
}

// TestEveryPairOfStepsOfAProofEndsOnTheCurrentOne opens the page for who is no contact, lets the representatives be asked
// or the institution be added elsewhere, and goes on: reloading it, and each of its forms, tell how it stands now.
func TestEveryPairOfStepsOfAProofEndsOnTheCurrentOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.browser()
	old.login("jane")
	w.inRegister()
	proof := proofPath + "?instelling=16AH"
	page := settled{old.get(proof), proofPath}
	forms := page.doc.Find("main form[method=post]").Length()
	for _, current := range []struct {
		become func()
		says   string
	}{
		{func() { w.asksToAdd("16AH", nil) }, "28 april 2026"},
		{func() { w.member("16AH") }, nl("res.added")},
	} {
		current.become()
		w.engine.rejects(&onboarding.Error{Kind: onboarding.Stale})
		old.settle(proof).says(current.says)
		ends := 0
		page.doc.Find("main form[method=post]").Each(func(_ int, form *selection) {
			values := url.Values{"username": {"linde01"}, "password": {"secret"}, "code": {"bfgg5cdhpl8djgj4"}}
			form.Find("input[type=hidden]").Each(func(_ int, field *selection) {
				values.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
			})
			if form.Find("[name=code]").Length() == 0 {
				values.Del("code")
			}
			action := form.AttrOr("action", proofPath)
			old.land(action, old.post(action, values)).says(current.says)
			ends++
		})
		if ends != forms || ends < 3 {
			t.Errorf("%d forms sent, want %d", ends, forms)
		}
	}
}

func (w *world) set(statement string, arguments ...any) {
	w.t.Helper()
	_, err := w.sql.Exec(statement, arguments...)
	w.must(err)
}
