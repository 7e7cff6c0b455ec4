package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/onboarding"
)

// errand is a workflow that is no case: one thing to do for as long as it takes, and nobody's turn. Its facts stand in
// its details.
type errand []fact

// describe renews the current details.
func (e errand) describe(ctx workflow.Context, heading, counsel string) {
	lines := []string{"### " + heading, ""}
	for _, line := range append(e, fact{"Sinds", clockText(workflow.Now(ctx).Truncate(time.Minute))}) {
		if line.value != "" {
			lines = append(lines, fmt.Sprintf("- **%s:** %s", line.name, line.value))
		}
	}
	workflow.SetCurrentDetails(ctx, strings.Join(append(lines, "", counsel), "\n"))
}

// do runs an activity to its end, and raises attention while that takes too long.
func (e errand) do(ctx workflow.Context, options workflow.ActivityOptions, heading string, activity, in, out any) error {
	e.describe(ctx, heading, "Niemand hoeft iets te doen.")
	doing := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), activity, in)
	late, err := e.watch(ctx, doing, heading, options)
	if err != nil {
		return err
	}
	if err := doing.Get(ctx, out); err != nil || !late {
		return err
	}
	return workflow.UpsertTypedSearchAttributes(ctx, KoppelAttention.ValueUnset())
}

// watch waits until the activity is done or takes too long, and tells which.
func (e errand) watch(ctx workflow.Context, doing workflow.Future, heading string, options workflow.ActivityOptions) (late bool, err error) {
	timerCtx, stop := workflow.WithCancel(ctx)
	defer stop()
	since := workflow.Now(ctx)
	alarm := workflow.NewTimerWithOptions(timerCtx, onboarding.AttentionAfter, workflow.TimerOptions{Summary: "Waarschuw beheer"})
	workflow.NewSelector(ctx).AddFuture(doing, func(workflow.Future) {}).AddFuture(alarm, func(workflow.Future) {}).Select(ctx)
	if doing.IsReady() {
		return false, nil
	}
	e.describe(ctx, heading+": dit lukt nog niet", fmt.Sprintf(
		"Niemand hoeft iets te doen: het systeem probeert het vanzelf opnieuw, sinds %s. %s; de laatste foutmelding staat bij Pending Activities.",
		clockText(since), sentence(queueFailures[options.TaskQueue])))
	return true, workflow.UpsertTypedSearchAttributes(ctx, KoppelAttention.ValueSet(slow))
}

// sentence begins with a capital letter. The text is ASCII there.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
