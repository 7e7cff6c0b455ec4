package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"koppel/onboarding"
	"koppel/store"
)

// pairSteps are the steps that a person can see a page of; linked comes last, as nothing leads back from it.
var pairSteps = []onboarding.Step{onboarding.AwaitProof, onboarding.AwaitRepresentative, onboarding.MailingPIN, onboarding.AwaitPIN,
	onboarding.Completing, onboarding.Linked}

// stand brings the case of the last login to a step.
func (w *world) stand(step onboarding.Step) {
	w.t.Helper()
	if step == onboarding.Linked {
		w.link()
		return
	}
	w.at(step, nil)
}

func pathOf(step onboarding.Step) string {
	if step == onboarding.Linked {
		return homePath
	}
	return linkTrail.paths[placeOf(step)]
}

// TestEveryPairOfStepsEndsOnTheCurrentOne opens a page at one step, moves the case to another step elsewhere, and goes on
// with the page: reloading it and sending each of its forms lead to where the case is now. The page is in another tab of
// the session that moved the case, or on another device.
func TestEveryPairOfStepsEndsOnTheCurrentOne(t *testing.T) {
	pairs := 0
	for _, device := range []string{"tab", "device"} {
		for _, opened := range pairSteps[:len(pairSteps)-1] {
			w := newWorld(t)
			old := w.browser()
			old.login("jane")
			newer := old
			if device == "device" {
				newer = w.browser()
				newer.login("jane")
			}
			for _, current := range pairSteps {
				w.stand(opened)
				page := old.settle(linkPath)
				w.stand(current)
				want := pathOf(current)
				for what, end := range old.goOn(page, want) {
					if end != want {
						t.Errorf("%s: opened at %s, now at %s: %s ends on %s, want %s", device, opened, current, what, end, want)
					}
				}
				if end := newer.settle(linkPath).path; end != want {
					t.Errorf("%s: at %s the newer one ends on %s, want %s", device, current, end, want)
				}
				pairs++
			}
		}
	}
	t.Logf("%d pairs", pairs)
}

// settled is the page on which a browser ends, and its path.
type settled struct {
	answer
	path string
}

// settle opens a page and goes where it leads.
func (b *browser) settle(path string) settled { return b.land(path, b.get(path)) }

func (b *browser) land(path string, page answer) settled {
	b.w.t.Helper()
	for range 5 {
		if page.Code != http.StatusSeeOther {
			path, _, _ = strings.Cut(path, "?")
			return settled{page, path}
		}
		path = page.Header().Get("Location")
		page = b.get(path)
	}
	b.w.t.Fatalf("led around in circles, at last to %s", path)
	return settled{}
}

// goOn reloads a page and tells where that ends, and sends each of its forms when the case is elsewhere by now. Stopping is
// left out: it ends a case wherever that is.
func (b *browser) goOn(page settled, now string) map[string]string {
	ends := map[string]string{"reloading": b.settle(page.path).path}
	if now == page.path {
		return ends
	}
	page.doc.Find("main form[method=post]").Each(func(_ int, form *selection) {
		action := form.AttrOr("action", page.path)
		if action == "/koppelen/stoppen" || action == changeTrail.stop {
			return
		}
		values := url.Values{}
		form.Find("[name]").Each(func(_ int, field *selection) {
			values.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
		})
		for name, value := range map[string]string{"email": newAddress, "username": "regenboog01", "password": "secret", "pin": "123456"} {
			if values.Has(name) {
				values.Set(name, value)
			}
		}
		ends[action] = b.land(action, b.post(action, values)).path
	})
	return ends
}

// TestEveryPairOfStepsOfAChangeEndsOnTheCurrentOne is the same for another address. The page that asks for it is good at
// more than one step, so of that one only the form is sent.
func TestEveryPairOfStepsOfAChangeEndsOnTheCurrentOne(t *testing.T) {
	t.Parallel()
	steps := []onboarding.Step{onboarding.AwaitAddress, onboarding.MailingPIN, onboarding.AwaitPIN, onboarding.Completing,
		onboarding.Changed, onboarding.Cancelled, onboarding.Expired}
	pairs := 0
	for _, device := range []string{"tab", "device"} {
		w, old := linkedWorld(t)
		newer := old
		if device == "device" {
			newer = w.browser()
			newer.login("jane")
		}
		for _, opened := range steps[:4] {
			for _, current := range steps {
				w.changeStands(opened)
				page := old.settle(changePage(opened))
				w.changeStands(current)
				want := changeTrail.paths[placeOfChange(current)]
				for what, end := range old.goOn(page, want) {
					if end != want && (opened != onboarding.AwaitAddress || what != "reloading") {
						t.Errorf("%s: opened at %s, now at %s: %s ends on %s, want %s", device, opened, current, what, end, want)
					}
				}
				if end := newer.settle(newPINPath).path; end != want {
					t.Errorf("%s: at %s the newer one ends on %s, want %s", device, current, end, want)
				}
				pairs++
			}
		}
	}
	t.Logf("%d pairs", pairs)
}

// changePage is where a person is while a change is at a step.
func changePage(step onboarding.Step) string {
	if step == onboarding.AwaitAddress {
		return newEmailPath
	}
	return newPINPath
}

// changeStands brings the change of the last login to a step, in the place of the one before.
func (w *world) changeStands(step onboarding.Step) {
	w.t.Helper()
	_, err := w.sql.Exec(`delete from email_changes`)
	w.must(err)
	w.changeAt(step, nil)
}

// TestEveryPairOfStepsOfAnAdditionEndsOnItsResult opens the page where an institution is looked at once more, lets its case
// get anywhere, and sends the form: the page that follows says how it stands now.
func TestEveryPairOfStepsOfAnAdditionEndsOnItsResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.browser()
	old.login("jane")
	w.inRegister("16AH")
	for _, current := range []onboarding.Step{onboarding.AwaitProof, onboarding.Completing, onboarding.Cancelled, onboarding.Expired,
		onboarding.Added} {
		page := old.check("16AH")
		w.addition("16AH", func(a *store.Addition) { a.Step = current })
		if current == onboarding.Added {
			w.member("16AH")
		}
		form := url.Values{nonceField: {page.value(nonceField)}, choiceField: {"16AH"}}
		result := old.land(checkPath, old.post(checkPath, form))
		if result.path != resultPath {
			t.Errorf("now at %s: the form ends on %s", current, result.path)
		}
		result.says(map[onboarding.Step]string{
			onboarding.Added: nl("res.added"), onboarding.Completing: nl("res.working")}[current])
	}
	if end := old.settle(checkPath + "?instelling=16AH").path; end != addPath && end != resultPath {
		t.Errorf("reloading ends on %s", end)
	}
}
