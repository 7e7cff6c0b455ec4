package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/onboarding"
)

// runClock wakes the case at the next moment that matters: a deadline, or an effect that takes too long. There is
// one timer at a time, set again only for an earlier moment; a quick journey needs one in all.
func (j *journey) runClock(ctx workflow.Context) {
	for !j.step.Over() {
		at := j.nextAlarm(ctx)
		timerCtx, cancel := workflow.WithCancel(ctx)
		timer := workflow.NewTimerWithOptions(timerCtx, at.Sub(workflow.Now(ctx)), workflow.TimerOptions{Summary: "Volgende termijn: " + clockText(at)})
		err := workflow.Await(ctx, func() bool { return timer.IsReady() || j.nextAlarm(ctx).Before(at) })
		cancel()
		if err != nil {
			return // the workflow is being closed
		}
		j.raiseAttention(ctx)
	}
}

// nextAlarm is the nearest moment in the future at which something has to happen by itself.
func (j *journey) nextAlarm(ctx workflow.Context) time.Time {
	now := workflow.Now(ctx)
	moments := append([]time.Time{j.deadline, j.until()}, j.alarms...)
	for _, e := range j.effects {
		moments = append(moments, e.since.Add(onboarding.AttentionAfter))
	}
	next := now.Add(onboarding.LinkingOpen)
	for _, moment := range moments {
		if moment.After(now) && moment.Before(next) {
			next = moment
		}
	}
	return next
}
