package workflows

import (
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

type handler func(workflow.Context, Submission) (onboarding.Verdict, error)

// handle registers an update that fits the steps that the table has for it, one at a time. also may reject it for other
// reasons; nil: there are none. What is rejected leaves no trace in the history.
func (j *journey) handle(ctx workflow.Context, name, description string, h handler, also func() error) error {
	j.guards[name] = also
	return workflow.SetUpdateHandlerWithOptions(ctx, name, h, workflow.UpdateHandlerOptions{
		Description: description,
		Validator:   func(Submission) error { return j.fits(name, also) },
	})
}

// fits is why an update is rejected, or nil.
func (j *journey) fits(name string, also func() error) error {
	if !j.table().admits(name, j.step) {
		return rejection(onboarding.Stale, j.misfit(name))
	}
	if also != nil {
		if err := also(); err != nil {
			return err
		}
	}
	if j.busy {
		return rejection(onboarding.Busy, "another check is under way")
	}
	return nil
}

func rejection(kind onboarding.Kind, reason string) error {
	return temporal.NewNonRetryableApplicationError(reason, string(kind), nil)
}

// checking gives up soon: a person is waiting. Few slots serve its queue, so that hashing cannot take the machine.
var checking = workflow.ActivityOptions{
	TaskQueue:              activities.CheckQueue,
	ScheduleToStartTimeout: checkQueued,
	StartToCloseTimeout:    checkTime,
	RetryPolicy: &temporal.RetryPolicy{
		InitialInterval: checkPause, BackoffCoefficient: 2, MaximumAttempts: checkAttempts,
	},
}

// check has something judged. A check that ended without an answer is settled: it may have been committed.
func (j *journey) check(ctx workflow.Context, summary string, activity any, s Submission) (activities.Checked, error) {
	return j.checkWith(ctx, summary, activity, s, func(in activities.Check) any { return in })
}

// checkWith is check for an activity that is told more than the check: input makes what it gets.
func (j *journey) checkWith(ctx workflow.Context, summary string, activity any, s Submission, input func(activities.Check) any) (activities.Checked, error) {
	j.busy = true
	defer func() { j.busy = false }()
	if err := workflow.Await(ctx, func() bool { return j.opened }); err != nil {
		return activities.Checked{}, err
	}
	options := checking
	options.Summary = summary
	in := activities.Check{Case: j.caseID, Handover: s.Handover, Update: workflow.GetCurrentUpdateInfo(ctx).ID}
	var checked activities.Checked
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), activity, input(in)).Get(ctx, &checked)
	if err != nil {
		err = j.effect(ctx, "Nagaan hoe de controle afliep", do.Settle,
			activities.Settlement{Check: in, Otherwise: unanswered(err)}, &checked)
	}
	if err == nil {
		j.verdict, j.judged = checked.Verdict, workflow.Now(ctx)
		j.describe(ctx)
	}
	return checked, err
}

func unanswered(err error) onboarding.Outcome {
	var timeout *temporal.TimeoutError
	if errors.As(err, &timeout) && timeout.TimeoutType() == enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START {
		return onboarding.TooBusy
	}
	return onboarding.CheckFailed
}
