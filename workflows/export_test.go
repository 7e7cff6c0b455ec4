package workflows

import (
	"slices"

	"koppel/onboarding"
)

// OpenSteps are the steps at which a case of each kind can be under way.
func OpenSteps() map[string][]onboarding.Step {
	steps := map[string][]onboarding.Step{}
	for _, each := range tables {
		steps[each.workflow] = slices.DeleteFunc(each.table.steps(), onboarding.Step.Over)
	}
	return steps
}
