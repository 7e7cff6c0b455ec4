package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/onboarding"
)

// runClock wakes the case at the next moment that matters: a deadline, or an effect that takes too long. There is
// one timer at a time, set again only for an earlier moment; a quick journey needs one in all.
func (c *linking) runClock(ctx workflow.Context) {
	for !c.step.Over() {
		at := c.nextAlarm(ctx)
		timerCtx, cancel := workflow.WithCancel(ctx)
		timer := workflow.NewTimerWithOptions(timerCtx, at.Sub(workflow.Now(ctx)), workflow.TimerOptions{Summary: "Volgende controle van de termijnen"})
		err := workflow.Await(ctx, func() bool { return timer.IsReady() || c.nextAlarm(ctx).Before(at) })
		cancel()
		if err != nil {
			return // the workflow is being closed
		}
		c.raiseAttention(ctx)
	}
}

// nextAlarm is the nearest moment in the future at which something has to happen by itself.
func (c *linking) nextAlarm(ctx workflow.Context) time.Time {
	now := workflow.Now(ctx)
	moments := []time.Time{c.deadline, c.lapse}
	for _, e := range c.effects {
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
