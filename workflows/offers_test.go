package workflows

import (
	"slices"
	"strings"
	"testing"

	"koppel/onboarding"
)

// TestEveryEventOfTheHelpdeskHasItsCommand: what an agent may do stands in the details.
func TestEveryEventOfTheHelpdeskHasItsCommand(t *testing.T) {
	for _, each := range tables {
		for _, event := range each.table.events() {
			named := slices.ContainsFunc(offers, func(o Offer) bool { return o.event == event })
			if each.table.by(event) == byHelpdesk && !named {
				t.Errorf("%s of %s: no command in offers", event, each.workflow)
			}
		}
	}
}

// TestDetailsNameACommandExactlyWhereTheTableHasItsEvent reads the pages, which are what the details say.
func TestDetailsNameACommandExactlyWhereTheTableHasItsEvent(t *testing.T) {
	for _, each := range tables {
		for _, scene := range scenes(each.workflow, each.table) {
			if scene.play == nil {
				continue
			}
			seen := faceOf(t, scene, beginnings[each.workflow])
			step := onboarding.Step(seen.attributes[KoppelStep.GetName()].(string))
			for _, offer := range offers {
				if len(offer.at) > 0 || offer.event == "" {
					continue
				}
				want := each.table.admits(offer.event, step)
				if got := strings.Contains(seen.details, "`koppel "+offer.typed("K3TF-9M2Q")+"`"); got != want {
					t.Errorf("%s, %s: names %s: %t, want %t", each.workflow, scene.name, offer.Command, got, want)
				}
			}
		}
	}
}
