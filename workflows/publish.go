package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/onboarding"
)

// moveTo makes step the step of the case and shows it.
func (c *linking) moveTo(ctx workflow.Context, step onboarding.Step) error {
	c.step, c.since = step, workflow.Now(ctx)
	return c.publish(ctx, resting(step))
}

// resting tells whether a step lasts: a person's turn, or the end.
func resting(step onboarding.Step) bool {
	return step.Over() || step == onboarding.AwaitProof || step == onboarding.AwaitPIN
}

// publish shows the state in Temporal UI: one change of the search attributes, and of the memo where the state lasts
// (a step of the system is over in a moment, or raises attention).
func (c *linking) publish(ctx workflow.Context, lasting bool) error {
	c.attention = c.needs(ctx)
	c.describe(ctx)
	attributes := []temporal.SearchAttributeUpdate{
		KoppelStep.ValueSet(string(c.step)),
		KoppelStepSince.ValueSet(c.since),
		KoppelDeadline.ValueSet(c.until()),
		KoppelAttention.ValueUnset(),
	}
	if c.attention != "" {
		attributes[3] = KoppelAttention.ValueSet(c.attention)
	}
	if len(c.institutions) > 0 {
		attributes = append(attributes, KoppelInstitution.ValueSet(codes(c.institutions)))
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, attributes...); err != nil {
		return err
	}
	if !lasting {
		return nil
	}
	return workflow.UpsertMemo(ctx, memo(c.in.Reference, c.step, c.since, c.until()))
}

// until is when the present step ends by itself.
func (c *linking) until() time.Time {
	if !c.lapse.IsZero() && c.lapse.Before(c.deadline) {
		return c.lapse
	}
	return c.deadline
}

func codes(institutions []onboarding.InstitutionCode) []string {
	texts := make([]string, len(institutions))
	for i, code := range institutions {
		texts[i] = string(code)
	}
	return texts
}

// memo repeats what the search attributes say where a person reads it: current details need a living worker.
func memo(reference onboarding.Reference, step onboarding.Step, since, until time.Time) map[string]any {
	return map[string]any{
		"Referentie": string(reference),
		"Stap":       stepNames[step],
		"Sinds":      clockText(since),
		"Uiterlijk":  clockText(until),
	}
}

// linkingSummary is the line under the title of the case.
func linkingSummary(in LinkingInput) string {
	board := "bestuur onbekend"
	if in.Board != "" {
		board = "bestuur " + string(in.Board)
	}
	return fmt.Sprintf("Koppeling %s, %s, niveau %s", in.Reference, board, in.Level)
}
