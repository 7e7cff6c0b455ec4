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
		c.approval.setup(ctx, c.refusedWhenStopped),
		workflow.SetQueryHandler(ctx, LinkingState, func() (LinkingView, error) { return c.view(), nil }),
		c.handle(ctx, SubmitCredentials, "Gebruikersnaam en wachtwoord", c.submitCredentials, c.refusedWhenStopped),
		c.handle(ctx, SubmitActivationCode, "Activatiecode", c.submitActivationCode, c.refusedWhenStopped),
		c.handleAddress(ctx, "Stoppen met koppelen"),
	)
}

func (c *linking) submitCredentials(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	return c.prove(ctx, "Gebruikersnaam en wachtwoord controleren", do.CheckCredentials, s)
}

func (c *linking) submitActivationCode(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	return c.prove(ctx, "Activatiecode controleren", do.CheckActivationCode, s)
}

// prove has a proof judged; a right one is followed by a PIN mail, or by questions to representatives.
func (c *linking) prove(ctx workflow.Context, summary string, activity any, s Submission) (onboarding.Verdict, error) {
	checked, err := c.judge(ctx, summary, activity, s)
	if err != nil {
		return checked.Verdict, err
	}
	switch checked.Verdict.Outcome {
	case onboarding.Accepted:
		c.institutions = checked.Institutions
		err = c.mailPIN(ctx, checked.Mails)
	case onboarding.NeedsApproval:
		c.institutions = checked.Institutions
		err = c.approval.ask(ctx, checked)
	}
	return checked.Verdict, err
}

// mailPIN mails the PIN of a proof that counts from now on.
func (c *linking) mailPIN(ctx workflow.Context, mails []activities.MailJob) error {
	c.lapse = workflow.Now(ctx).Add(onboarding.ProofGood)
	if err := c.moveTo(ctx, onboarding.MailingPIN); err != nil {
		return err
	}
	c.startMailing(ctx, mails)
	return nil
}
