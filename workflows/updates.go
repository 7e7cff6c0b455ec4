package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// setup registers what a person, a helpdesk agent or an operator can send to the case.
func (c *linking) setup(ctx workflow.Context) error {
	return errors.Join(
		workflow.SetQueryHandler(ctx, LinkingState, func() (LinkingView, error) { return c.view(), nil }),
		c.handle(ctx, SubmitCredentials, "Gebruikersnaam en wachtwoord", c.submitCredentials, c.refusedWhenStopped),
		c.handle(ctx, SubmitPIN, "Pincode uit de mail", c.submitPIN, c.refusedWhenStopped),
		c.handle(ctx, ResendPIN, "Nieuwe mail met pincode", c.resendPIN, c.refusedWhenStopped),
		c.handle(ctx, ChangeAddress, "Ander e-mailadres", c.changeAddress, c.refusedWhenStopped),
		c.handle(ctx, Cancel, "Stoppen met koppelen", c.cancel, c.refusedWhenStopped),
		c.handle(ctx, RetryNow, "Geweigerde mail opnieuw sturen (beheer)", c.retryNow, func() error {
			if c.parked == nil {
				return rejection(onboarding.Stale, "no mail was refused")
			}
			return c.refusedWhenStopped()
		}),
	)
}

// refusedWhenStopped rejects what comes after the person has stopped.
func (c *linking) refusedWhenStopped() error {
	if c.cancelled {
		return rejection(onboarding.Stale, "the case is being stopped")
	}
	return nil
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
