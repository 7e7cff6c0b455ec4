package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/onboarding"
)

// publish shows the state in Temporal UI: one change of the search attributes, and of the memo where the state lasts
// (a step of the system is over in a moment, or raises attention).
func (j *journey) publish(ctx workflow.Context, lasting bool) error {
	j.attention = j.needs(ctx)
	j.describe(ctx)
	attributes := []temporal.SearchAttributeUpdate{
		KoppelStep.ValueSet(string(j.step)),
		KoppelStepSince.ValueSet(j.since),
		KoppelDeadline.ValueSet(j.until()),
		KoppelAttention.ValueUnset(),
	}
	if j.attention != "" {
		attributes[3] = KoppelAttention.ValueSet(j.attention)
	}
	if len(j.institutions) > 0 {
		attributes = append(attributes, KoppelInstitution.ValueSet(codes(j.institutions)))
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, attributes...); err != nil {
		return err
	}
	if !lasting {
		return nil
	}
	heading, _ := j.words()
	until := j.until()
	if j.step.Over() {
		until = time.Time{}
	}
	return workflow.UpsertMemo(ctx, memo(j.reference, heading, j.since, until))
}

func codes(institutions []onboarding.InstitutionCode) []string {
	texts := make([]string, len(institutions))
	for i, code := range institutions {
		texts[i] = string(code)
	}
	return texts
}

// memo repeats what the search attributes say where a person reads it: current details need a living worker.
func memo(reference onboarding.Reference, heading string, since, until time.Time) map[string]any {
	return map[string]any{
		"Referentie": string(reference),
		"Stap":       heading,
		"Sinds":      clockText(since),
		"Uiterlijk":  clockText(until),
	}
}

// institutionsText names institutions in a summary.
func institutionsText(institutions []onboarding.InstitutionCode) string {
	if len(institutions) == 0 {
		return "instelling nog niet bekend"
	}
	return "instelling " + strings.Join(codes(institutions), ", ")
}

// linkingSummary is the line under the title of the case.
func linkingSummary(in LinkingInput) string {
	board := "bestuur onbekend"
	if in.Board != "" {
		board = "bestuur " + string(in.Board)
	}
	return fmt.Sprintf("Koppeling %s, %s, niveau %s", in.Reference, board, in.Level)
}
