package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// setup registers what a person can send to the case.
func (c *addition) setup(ctx workflow.Context) error {
	return errors.Join(
		workflow.SetQueryHandler(ctx, LinkingState, func() (AdditionView, error) { return c.view(), nil }),
		c.handleHelp(ctx, c.refusedWhenOver, c.helped),
		c.handle(ctx, AddAsContact, "Toevoegen als contactpersoon",
			c.prove("Contactpersoon opzoeken", do.CheckContact), c.refusedWhenOver),
		c.handle(ctx, SubmitCredentials, "Gebruikersnaam en wachtwoord van de instelling",
			c.prove("Gebruikersnaam en wachtwoord controleren", do.CheckAdditionCredentials), c.refusedWhenOver),
		c.handle(ctx, SubmitActivationCode, "Activatiecode van de instelling",
			c.prove("Activatiecode controleren", do.CheckAdditionCode), c.refusedWhenOver),
		c.handle(ctx, AskRepresentative, "De gemachtigde om toestemming vragen",
			c.prove("Nagaan of de gemachtigde gevraagd kan worden", do.SeekAdditionApproval), c.refusedWhenOver),
		c.approval.setup(ctx, c.refusedWhenOver),
		c.handle(ctx, Cancel, "Stoppen met toevoegen", c.cancel, c.refusedWhenOver),
	)
}

// refusedWhenOver rejects what comes when nothing is left to wait for.
func (c *addition) refusedWhenOver() error {
	if c.cancelled || c.gone {
		return rejection(onboarding.Stale, "the case is being closed")
	}
	return nil
}

// prove has something judged that may let the person add the institution, or has the representatives asked. It answers
// when that has been done, so that the page that follows is the one behind it.
func (c *addition) prove(summary string, activity any) handler {
	return func(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
		checked, err := c.check(ctx, summary, activity, s)
		c.gone = c.gone || checked.Over
		if err == nil && checked.Verdict.Outcome == onboarding.NeedsApproval {
			return checked.Verdict, c.approval.ask(ctx, checked)
		}
		if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
			c.cancelled = c.cancelled || hopeless(checked.Verdict.Outcome)
			return checked.Verdict, err
		}
		c.completed = ""
		if err := c.moveTo(ctx, onboarding.Completing); err != nil {
			return onboarding.Verdict{}, err
		}
		err = workflow.Await(ctx, func() bool { return c.completed != "" })
		return onboarding.Verdict{Outcome: c.completed}, err
	}
}

// helped goes on with what an agent has done.
func (c *addition) helped(workflow.Context, string, activities.Checked) error {
	c.cancelled = c.cancelled || c.stoppedByDesk
	return nil
}

func (c *addition) cancel(workflow.Context, Submission) (onboarding.Verdict, error) {
	c.cancelled = true
	return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
}
