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
	queue   string
	since   time.Time
	slow    bool // longer under way than onboarding.AttentionAfter
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
func (j *journey) effect(ctx workflow.Context, summary string, activity, in, out any) error {
	return j.runEffect(ctx, database, summary, activity, in, out)
}

// runEffect waits for an activity; the clock raises attention while it takes long, and here it is cleared.
func (j *journey) runEffect(ctx workflow.Context, options workflow.ActivityOptions, summary string, activity, in, out any) error {
	e := &effect{summary: summary, queue: options.TaskQueue, since: workflow.Now(ctx)}
	j.effects = append(j.effects, e)
	j.describe(ctx)
	options.Summary = summary
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), activity, in).Get(ctx, out)
	j.effects = slices.DeleteFunc(j.effects, func(other *effect) bool { return other == e })
	j.raiseAttention(ctx)
	return err
}

// late tells whether something of a queue takes long.
func (j *journey) late(queue string) bool {
	return slices.ContainsFunc(j.effects, func(e *effect) bool { return e.slow && e.queue == queue })
}

// What KoppelAttention can say.
const (
	slow        = "slow"         // an effect takes longer than onboarding.AttentionAfter
	mailRefused = "mail_refused" // a mail server refused a mail for good that somebody waits for
	mailBounced = "mail_bounced" // such a mail came back
)

// raiseAttention makes the search attribute say whether somebody has to look, and the details what has changed.
func (j *journey) raiseAttention(ctx workflow.Context) {
	if j.needs(ctx) == j.attention {
		j.describe(ctx)
		return
	}
	j.publish(ctx, true)
}

// needs is what the case wants attention for; empty when it goes by itself.
func (j *journey) needs(ctx workflow.Context) string {
	late := false
	for _, e := range j.effects {
		e.slow = !workflow.Now(ctx).Before(e.since.Add(onboarding.AttentionAfter))
		late = late || e.slow
	}
	if late {
		return slow
	}
	return j.trouble()
}
