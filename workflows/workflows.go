// Package workflows tells the journeys: which step follows which, what is awaited, until when, and what the
// helpdesk reads about it in Temporal UI.
//
// It decides and remembers; activities do. Nothing personal passes through it: inputs, results and texts carry
// random ids, codes, counts and times.
package workflows

import (
	"go.temporal.io/sdk/temporal"

	"koppel/activities"
)

// Search attributes, as registered by `koppel migrate`.
var (
	KoppelStep        = temporal.NewSearchAttributeKeyKeyword("KoppelStep")
	KoppelStepSince   = temporal.NewSearchAttributeKeyTime("KoppelStepSince")
	KoppelDeadline    = temporal.NewSearchAttributeKeyTime("KoppelDeadline")
	KoppelRef         = temporal.NewSearchAttributeKeyKeyword("KoppelRef")
	KoppelAttention   = temporal.NewSearchAttributeKeyKeyword("KoppelAttention")
	KoppelInstitution = temporal.NewSearchAttributeKeyKeywordList("KoppelInstitution")
)

// SearchAttributes lists what has to be registered in Temporal.
func SearchAttributes() []temporal.SearchAttributeKey {
	return []temporal.SearchAttributeKey{KoppelStep, KoppelStepSince, KoppelDeadline, KoppelRef, KoppelAttention, KoppelInstitution}
}

// do names activities; it is never called.
var do *activities.Activities
