package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"koppel/onboarding"
)

// setup registers what a person, a helpdesk agent or an operator can send to the case.
func (c *linking) setup(ctx workflow.Context) error {
	return errors.Join(
		workflow.SetQueryHandler(ctx, LinkingState, func() (LinkingView, error) { return c.view(), nil }),
		c.handle(ctx, SubmitCredentials, "Gebruikersnaam en wachtwoord", c.submitCredentials, c.refusedWhenStopped),
		c.handleAddress(ctx, "Stoppen met koppelen"),
	)
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
