package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"koppel/eherkenning/brokertest"
	"koppel/onboarding"
)

// linkedWorld is a website and a browser of somebody with a link to De Regenboog.
func linkedWorld(t *testing.T, changes ...func(*Settings)) (*world, *browser) {
	t.Helper()
	w := newWorld(t, changes...)
	b := w.browser()
	b.login("jane")
	w.link()
	b.get(homePath).expect(200)
	return w, b
}

// press posts a form of a page, with its nonce.
func (b *browser) press(page, path string, values url.Values) answer {
	b.w.t.Helper()
	if values == nil {
		values = url.Values{}
	}
	values.Set("nonce", b.get(page).value("nonce"))
	return b.post(path, values)
}

func TestChosenInstitutionIsTheCurrentOneOfThisSessionOnly(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	w.join("16AH", "school", "De Kring", "Utrecht")
	other := w.browser()
	other.login("jane")
	b.follow(b.press(homePath, "/start/kiezen", url.Values{"instelling": {"16AH"}})).expect(200).
		says("Gelukt. U werkt nu voor De Kring (16AH).", "De Kring, Utrecht, 16AH "+nl("home.now"))
	other.get(homePath).expect(200).says("De Kring, Utrecht, 16AH "+nl("home.now"), "De Regenboog, Utrecht, 03AB "+nl("home.switch"))
}

func TestInstitutionThatIsNotYoursOrHasClosedIsNotChosen(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	w.join("16AH", "school", "De Kring", "Utrecht")
	w.join("24VX", "school", "De Linde", "")
	_, err := w.sql.Exec(`update institutions set closed_on = $1 where code = '24VX'`, w.now)
	w.must(err)
	w.now = w.now.Add(time.Second)
	w.browser().login("piet")
	w.link()
	w.join("41137", "board", "Stichting De Kring", "")
	for _, code := range []string{"24VX", "41137", "", "03AB' or '1'='1"} {
		b.press(homePath, "/start/kiezen", url.Values{"instelling": {code}}).expect(403).headed(nl("p.403.h"))
	}
	b.post("/start/kiezen", url.Values{"instelling": {"03AB"}, "nonce": {"x.y"}}).redirects(homePath)
	var chosen int
	w.must(w.sql.QueryRow(`select count(institution) from sessions`).Scan(&chosen))
	if chosen != 0 {
		t.Errorf("%d sessions have chosen", chosen)
	}
}

func TestCurrentInstitutionThatCloses(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	w.join("16AH", "school", "De Kring", "Utrecht")
	b.press(homePath, "/start/kiezen", url.Values{"instelling": {"16AH"}})
	_, err := w.sql.Exec(`update institutions set closed_on = $1 where code = '16AH'`, w.now)
	w.must(err)
	b.get(homePath).expect(200).says("De Regenboog, Utrecht, 03AB " + nl("home.now"))
}

func TestProfileTellsWhatIsKnownOfTheLink(t *testing.T) {
	t.Parallel()
	supplier := brokertest.Suppliers()[0]
	w, b := linkedWorld(t, func(s *Settings) { s.Suppliers = Suppliers{supplier.EntityID: supplier.Name} })
	w.alsoAs("De Linde")
	page := b.get(profilePath).expect(200).headed(nl("my.h")).says(
		"Gekoppeld op 21 april 2026", "E-mailadres "+jansAddress, "Niveau EH3", "Leverancier "+supplier.Name,
		nl("my.others.h"), "De Linde (KVK 90005678)", "eHerkenning (laatste tekens) 77C3", "Laatst ingelogd op 20 april 2026",
		"Ingelogd op 21 april 2026 om 12.00 uur "+nl("my.session.here"), "Deze gegevens zijn van 21 april 2026, 12.00 uur.")
	if strings.Contains(page.Body.String(), "89AB77C3") {
		t.Error("the page has more of a pseudonym than its last characters")
	}
	if menu := page.doc.Find(`header a[href="` + profilePath + `"]`); menu.Length() != 1 {
		t.Errorf("the menu has %d links to the page", menu.Length())
	}
}

func TestProfileNeedsALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.get(profilePath).redirects(loginPath)
	b.login("jane")
	b.get(profilePath).redirects(linkPath)
	for _, path := range []string{"/start/kiezen", "/koppeling/uitloggen", "/koppeling/uitloggen-elders"} {
		b.press(linkPath, path, nil).redirects(linkPath)
	}
}

func TestSessionElsewhereIsEnded(t *testing.T) {
	t.Parallel()
	w, here := linkedWorld(t)
	w.now = w.now.Add(time.Minute)
	there, third := w.browser(), w.browser()
	there.login("jane")
	w.now = w.now.Add(time.Minute)
	third.login("jane")
	page := here.get(profilePath).expect(200)
	if n := page.doc.Find(`input[name="sessie"]`).Length(); n != 2 {
		t.Fatalf("%d sessions can be ended, want 2", n)
	}
	newest := page.value("sessie")
	here.follow(here.press(profilePath, "/koppeling/uitloggen", url.Values{"sessie": {newest}})).says(nl("ok.ended"))
	third.get(homePath).redirects(expiredPath)
	there.get(homePath).expect(200)
	here.press(profilePath, "/koppeling/uitloggen-elders", nil).redirects(profilePath + "?beeindigd=1")
	there.get(homePath).redirects(expiredPath)
	here.get(profilePath).expect(200)
	var ended int
	w.must(w.sql.QueryRow(`select sum((detail->>'sessions')::int) from audit where event = $1`, onboarding.SessionsEnded).Scan(&ended))
	if ended != 2 {
		t.Errorf("the audit tells of %d sessions, want 2", ended)
	}
}

func TestSessionOfSomebodyElseIsNotEnded(t *testing.T) {
	t.Parallel()
	w, jane := linkedWorld(t)
	w.browser().login("jane")
	w.now = w.now.Add(time.Minute)
	piet := w.browser()
	piet.login("piet")
	w.link()
	piet.get(homePath).expect(200)
	w.now = w.now.Add(time.Second)
	second := w.browser()
	second.login("piet")
	hers := piet.get(profilePath).value("sessie")
	for _, reference := range []string{hers, "", strings.Repeat("0", 32)} {
		jane.press(profilePath, "/koppeling/uitloggen", url.Values{"sessie": {reference}}).redirects(profilePath)
	}
	jane.press(profilePath, "/koppeling/uitloggen-elders", nil).redirects(profilePath + "?beeindigd=1")
	second.get(homePath).expect(200)
	piet.get(homePath).expect(200)
}
