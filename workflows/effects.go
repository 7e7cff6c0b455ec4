package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// effect is something the system does for the case, however long it takes.
type effect struct {
	summary string
	since   time.Time
}

// database retries without end: an outage ends some day, and the case must not be lost by then. There is no
// schedule-to-close time-out, which would end an activity that an operator has paused.
var database = workflow.ActivityOptions{
	TaskQueue:           activities.MainQueue,
	StartToCloseTimeout: databaseTime,
	RetryPolicy: &temporal.RetryPolicy{
		InitialInterval: databasePause, BackoffCoefficient: 2, MaximumInterval: databasePauseMax,
	},
}

// mailing retries without end too, but gives a mail server more rest. The start-to-close time-out is longer than a
// whole send, and short enough to notice a worker that died.
var mailing = workflow.ActivityOptions{
	TaskQueue:           activities.MailQueue,
	StartToCloseTimeout: mailTime,
	RetryPolicy: &temporal.RetryPolicy{
		InitialInterval: mailPause, BackoffCoefficient: 2, MaximumInterval: mailPauseMax,
	},
}

// effect runs a database activity to its end.
func (c *linking) effect(ctx workflow.Context, summary string, activity, in, out any) error {
	return c.runEffect(ctx, database, summary, activity, in, out)
}

// runEffect waits for an activity; the clock raises attention while it takes long, and here it is cleared.
func (c *linking) runEffect(ctx workflow.Context, options workflow.ActivityOptions, summary string, activity, in, out any) error {
	e := &effect{summary, workflow.Now(ctx)}
	c.effects = append(c.effects, e)
	c.describe(ctx)
	options.Summary = summary
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), activity, in).Get(ctx, out)
	c.effects = slices.DeleteFunc(c.effects, func(other *effect) bool { return other == e })
	c.raiseAttention(ctx)
	return err
}

// What KoppelAttention can say.
const (
	slow        = "slow"         // an effect takes longer than onboarding.AttentionAfter
	mailRefused = "mail_refused" // a mail server refused the PIN mail for good
	mailBounced = "mail_bounced" // the PIN mail came back
)

// raiseAttention makes the search attribute say whether somebody has to look.
func (c *linking) raiseAttention(ctx workflow.Context) {
	if c.needs(ctx) != c.attention {
		c.publish(ctx, true)
	}
}

// needs is what the case wants attention for; empty when it goes by itself.
func (c *linking) needs(ctx workflow.Context) string {
	for _, e := range c.effects {
		if !workflow.Now(ctx).Before(e.since.Add(onboarding.AttentionAfter)) {
			return slow
		}
	}
	switch {
	case c.parked != nil:
		return mailRefused
	case c.returned():
		return mailBounced
	}
	return ""
}

// returned tells whether the person waits for a mail that came back.
func (c *linking) returned() bool {
	return c.mail == onboarding.MailBounced && (c.step == onboarding.MailingPIN || c.step == onboarding.AwaitPIN)
}
