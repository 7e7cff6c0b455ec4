package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"koppel/workflows"
)

func TestReportedIdentityBecomesACaseOfTheHelpdesk(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	hash := w.alsoAs("De Linde")
	named := (&site{Settings: Settings{Lookup: w.lookup}}).identityReference(hash)
	page := b.get(profilePath)
	if page.doc.Find(`a[href="`+notMinePath+"?welke="+named+`"]`).Length() != 1 {
		t.Fatal("no link leads to the report of the other identity")
	}
	check := b.get(notMinePath + "?welke=" + named).expect(200).headed(nl("not.h")).says("De Linde (KVK 90005678)")
	if len(w.engine.reports) != 0 {
		t.Error("looking at the page reports")
	}
	reference := workflows.Reference(w.lookup.Hash, workflows.LinkingID(hash))
	for range 2 {
		b.post(notMinePath, url.Values{"nonce": {check.value("nonce")}, "welke": {named}}).expect(200).
			headed(nl("p.reported.h")).says(string(reference))
	}
	for _, in := range w.engine.reports {
		if in.Identity != hash || !in.Reported || in.Reference != reference {
			t.Errorf("reported %+v", in)
		}
	}
	if len(w.engine.reports) != 2 {
		t.Errorf("%d starts, want one per form: the id makes them one", len(w.engine.reports))
	}
}

func TestIdentityOfSomebodyElseIsNotReported(t *testing.T) {
	t.Parallel()
	w, jane := linkedWorld(t)
	w.now = w.now.Add(time.Second)
	w.browser().login("piet")
	w.link()
	piets := (&site{Settings: Settings{Lookup: w.lookup}}).identityReference(w.identity())
	nonce := jane.get(newEmailPath).value("nonce")
	for _, named := range []string{piets, w.identity(), "", strings.Repeat("0", 32)} {
		jane.get(notMinePath + "?welke=" + named).expect(403)
		jane.post(notMinePath, url.Values{"nonce": {nonce}, "welke": {named}}).expect(403)
	}
	jane.post(notMinePath, url.Values{"nonce": {"x.y"}, "welke": {piets}}).redirects(profilePath)
	if len(w.engine.reports) != 0 {
		t.Errorf("reported %+v", w.engine.reports)
	}
}

func TestReportWhileTheEngineIsAwayIsNotLost(t *testing.T) {
	t.Parallel()
	w, b := linkedWorld(t)
	page := b.click(b.get(profilePath), "a[href*=niet-van-mij]").expect(200)
	w.engine.away = errAway
	away := b.post(notMinePath, url.Values{"nonce": {page.value("nonce")}, "welke": {page.value("welke")}}).expect(503).headed(nl("p.away.h"))
	w.engine.away = nil
	b.click(away, "a").expect(200).headed(nl("not.h"))
}
