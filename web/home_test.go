package web

import (
	"strings"
	"testing"

	"koppel/onboarding"
)

func TestHomeTellsWhatTheRegistersChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.link()
	w.join("24VX", "school", "De Linde", "Nieuwezijl")
	w.join("29AZ", "school", "De Wegwijzer", "Nieuwezijl")
	w.registersChanged()
	b.login("jane")
	page := b.get(homePath).expect(200).says(nl("home.changes.h"),
		"De Linde (24VX) is per 21 april 2026 gesloten", "Gesloten per 21 april 2026",
		"De Wegwijzer (29AZ) is per 21 april 2026 opgegaan in De Regenboog (03AB)",
		"De Regenboog (03AB) hoort nu bij een ander bestuur: Stichting De Kring (41137)")
	if n := page.doc.Find("dd").Length(); n != 2 {
		t.Errorf("%d are listed, want De Regenboog and, closed, De Linde", n)
	}
	w.now = w.now.Add(onboarding.RegisterNoticeShown)
	b.login("jane")
	later := b.get(homePath).expect(200).says("Gesloten per 21 april 2026")
	if strings.Contains(later.doc.Text(), nl("home.changes.h")) {
		t.Error("the change is still news")
	}
}
