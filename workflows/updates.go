package workflows

import (
	"errors"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// setup registers what a person, a helpdesk agent or an operator can send to the case.
func (c *linking) setup(ctx workflow.Context) error {
	waiting := []onboarding.Step{onboarding.MailingPIN, onboarding.AwaitPIN}
	return errors.Join(
		workflow.SetQueryHandler(ctx, LinkingState, func() (LinkingView, error) { return c.view(), nil }),
		c.handle(ctx, SubmitCredentials, "Gebruikersnaam en wachtwoord", c.submitCredentials, onboarding.AwaitProof),
		c.handle(ctx, SubmitPIN, "Pincode uit de mail", c.submitPIN, waiting...),
		c.handle(ctx, ResendPIN, "Nieuwe mail met pincode", c.resendPIN, waiting...),
		c.handle(ctx, ChangeAddress, "Ander e-mailadres", c.changeAddress, waiting...),
		c.handle(ctx, Cancel, "Stoppen met koppelen", c.cancel, append(waiting, onboarding.AwaitProof)...),
		c.handle(ctx, RetryNow, "Geweigerde mail opnieuw sturen (beheer)", c.retryNow, onboarding.MailingPIN, onboarding.AwaitPIN),
	)
}

type handler func(workflow.Context, Submission) (onboarding.Verdict, error)

// handle registers an update that fits some steps only, one at a time. What does not fit is rejected and leaves no
// trace in the history.
func (c *linking) handle(ctx workflow.Context, name, description string, h handler, steps ...onboarding.Step) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, name, h, workflow.UpdateHandlerOptions{
		Description: description,
		Validator: func(Submission) error {
			if !slices.Contains(steps, c.step) || c.cancelled {
				return rejection(onboarding.Stale, "the case is at "+string(c.step))
			}
			if c.busy {
				return rejection(onboarding.Busy, "another check is under way")
			}
			if name == RetryNow && c.parked == nil {
				return rejection(onboarding.Stale, "no mail was refused")
			}
			return nil
		},
	})
}

func rejection(kind onboarding.Kind, reason string) error {
	return temporal.NewNonRetryableApplicationError(reason, string(kind), nil)
}

func (c *linking) submitCredentials(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := c.check(ctx, "Gebruikersnaam en wachtwoord controleren", do.CheckCredentials, s)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked.Verdict, err
	}
	c.institutions = checked.Institutions
	c.lapse = workflow.Now(ctx).Add(onboarding.ProofGood)
	if err := c.moveTo(ctx, onboarding.MailingPIN); err != nil {
		return onboarding.Verdict{}, err
	}
	c.startMailing(ctx, checked.Mails)
	return checked.Verdict, nil
}

// submitPIN answers when the link has been made, so that the page that follows is the one behind it.
func (c *linking) submitPIN(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := c.check(ctx, "Pincode controleren", do.CheckPIN, s)
	c.startMailing(ctx, checked.Mails)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked.Verdict, err
	}
	c.completed = ""
	if err := c.moveTo(ctx, onboarding.Completing); err != nil {
		return onboarding.Verdict{}, err
	}
	err = workflow.Await(ctx, func() bool { return c.completed != "" })
	return onboarding.Verdict{Outcome: c.completed}, err
}

func (c *linking) resendPIN(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := c.check(ctx, "Nieuwe pincode aanvragen", do.RequestPIN, s)
	c.startMailing(ctx, checked.Mails)
	c.raiseAttention(ctx)
	c.describe(ctx)
	return checked.Verdict, err
}

func (c *linking) changeAddress(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := c.check(ctx, "Ander e-mailadres controleren", do.ChangeAddress, s)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked.Verdict, err
	}
	c.startMailing(ctx, checked.Mails)
	return checked.Verdict, c.moveTo(ctx, onboarding.MailingPIN)
}

func (c *linking) cancel(workflow.Context, Submission) (onboarding.Verdict, error) {
	c.cancelled = true
	return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
}

func (c *linking) retryNow(ctx workflow.Context, _ Submission) (onboarding.Verdict, error) {
	c.startMailing(ctx, []activities.MailJob{*c.parked})
	c.raiseAttention(ctx)
	return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
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
func (c *linking) check(ctx workflow.Context, summary string, activity any, s Submission) (activities.Checked, error) {
	c.busy = true
	defer func() { c.busy = false }()
	if err := workflow.Await(ctx, func() bool { return c.opened }); err != nil {
		return activities.Checked{}, err
	}
	options := checking
	options.Summary = summary
	in := activities.Check{Case: c.in.Case, Handover: s.Handover, Update: workflow.GetCurrentUpdateInfo(ctx).ID}
	var checked activities.Checked
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), activity, in).Get(ctx, &checked)
	if err != nil {
		err = c.effect(ctx, "Nagaan hoe de controle afliep", do.Settle,
			activities.Settlement{Check: in, Otherwise: unanswered(err)}, &checked)
	}
	if err == nil {
		c.verdict = checked.Verdict
		c.describe(ctx)
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
