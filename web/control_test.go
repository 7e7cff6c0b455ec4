package web

import (
	"regexp"
	"testing"
	"time"

	"koppel/onboarding"
)

var shownControl = regexp.MustCompile(`(?:Controlecode|Check code): ([0-9]{5})\.`)

// controlOn is the control code on a page; empty when it has none.
func controlOn(a answer) string {
	if found := shownControl.FindStringSubmatch(a.doc.Text()); found != nil {
		return found[1]
	}
	return ""
}

func TestControlCodeIsOfTheSessionAndChangesWithTime(t *testing.T) {
	w := newWorld(t)
	here := w.browser()
	here.login("jane")
	w.at(onboarding.AwaitPIN, nil)
	first := controlOn(here.get(pinPath))
	there := w.browser()
	there.login("jane")
	if other := controlOn(there.get(pinPath)); first == "" || other == "" || other == first {
		t.Errorf("here %q, on another device %q", first, other)
	}
	if again := controlOn(here.get(pinPath)); again != first {
		t.Errorf("the code went from %q to %q at once", first, again)
	}
	w.now = w.now.Add(5 * time.Minute)
	if later := controlOn(here.get(pinPath)); later == "" || later == first {
		t.Errorf("after five minutes %q, before %q", later, first)
	}
}

func TestControlCodeIsOnlyForThoseWhoAreLoggedIn(t *testing.T) {
	w := newWorld(t)
	if code := controlOn(w.browser().get(loginPath)); code != "" {
		t.Errorf("code %q on the page before the login", code)
	}
	jane := w.browser()
	jane.login("jane")
	w.link()
	jane.login("jane")
	if code := controlOn(jane.get(profilePath)); code == "" {
		t.Error("none on the page about one's own link")
	}
}
