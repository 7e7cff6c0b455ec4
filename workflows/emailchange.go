package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// emailChange is one case: a person with a link who wants another confirmed address.
type emailChange struct {
	journey
	addressing
	in EmailChangeInput
}

// EmailChange takes a person from the first form with a new address to that address, or to a named ending. Nothing but
// a bug makes it fail.
func EmailChange(ctx workflow.Context, in EmailChangeInput) (EmailChangeResult, error) {
	c := &emailChange{in: in, journey: journey{caseID: in.Case, reference: in.Reference,
		deadline: in.At.Add(onboarding.EmailChangeOpen), institutions: in.Institutions}}
	c.addressing = addressing{of: &c.journey, notice: do.SendChangeNotice}
	c.begin(c, onboarding.AwaitAddress, in.At)
	err := errors.Join(
		workflow.SetQueryHandler(ctx, LinkingState, func() (LinkingView, error) { return c.view(), nil }),
		c.handleAddress(ctx, "Stoppen met wijzigen"))
	if err != nil {
		return EmailChangeResult{}, err
	}
	if err := c.run(ctx); err != nil {
		return EmailChangeResult{}, err
	}
	err = workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return EmailChangeResult{Ending: c.step}, err
}

// run is the story: whoever's turn it is, the case waits until something calls.
func (c *emailChange) run(ctx workflow.Context) error {
	workflow.Go(ctx, c.runClock)
	workflow.Go(ctx, c.hearBounces)
	workflow.Go(ctx, c.hearVoided)
	if err := c.open(ctx); err != nil {
		return err
	}
	for !c.step.Over() {
		if err := workflow.Await(ctx, func() bool { return c.called(ctx) }); err != nil {
			return err
		}
		if err := c.turn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// called tells whether it is the system's turn.
func (c *emailChange) called(ctx workflow.Context) bool {
	return !c.busy && (c.step == onboarding.Completing || c.stopped() || c.expired(ctx))
}

// turn does what the case was called for.
func (c *emailChange) turn(ctx workflow.Context) error {
	c.busy = true
	defer func() { c.busy = false }()
	c.stopMailing()
	switch {
	case c.step == onboarding.Completing:
		return c.complete(ctx)
	case c.gone:
		return c.moveTo(ctx, onboarding.Voided)
	case c.cancelled:
		return c.end(ctx, onboarding.Cancelled)
	}
	return c.end(ctx, onboarding.Expired)
}

func (c *emailChange) open(ctx workflow.Context) error {
	err := c.effect(ctx, "De zaak openen", do.OpenEmailChange, activities.ChangeOpening{
		Case: c.in.Case, Identity: c.in.Identity, Person: c.in.Person, Reference: c.in.Reference, Language: c.in.Language,
		At: c.in.At, Deadline: c.deadline,
	}, nil)
	c.opened = err == nil
	return err
}

// complete makes the proven address the person's and tells both addresses.
func (c *emailChange) complete(ctx workflow.Context) error {
	var done activities.Completed
	err := c.effect(ctx, "Het adres wijzigen", do.CompleteEmailChange, activities.Completion{Case: c.in.Case}, &done)
	if err != nil {
		return err
	}
	if c.completed = done.Outcome; c.completed != onboarding.Accepted {
		return c.moveTo(ctx, onboarding.Voided)
	}
	if err := c.moveTo(ctx, onboarding.Notifying); err != nil {
		return err
	}
	if err := c.sendNotices(ctx, done.Mails); err != nil {
		return err
	}
	return c.moveTo(ctx, onboarding.Changed)
}

// end closes the case without a change.
func (c *emailChange) end(ctx workflow.Context, ending onboarding.Step) error {
	err := c.effect(ctx, "De zaak sluiten", do.CloseEmailChange, activities.Closing{Case: c.in.Case, Step: ending}, nil)
	if err != nil {
		return err
	}
	return c.moveTo(ctx, ending)
}

func (c *emailChange) until() time.Time { return c.deadline }

func (c *emailChange) words() (heading, counsel string) {
	if heading, counsel = c.waits(); heading != "" {
		return heading, counsel
	}
	return changeSteps[c.step], changeAdvice[c.step]
}

func (c *emailChange) facts() []fact { return []fact{{"Mail met pincode", c.mailText()}} }

func (c *emailChange) footer() string {
	return fmt.Sprintf("Gevraagd op %s.", clockText(c.in.At))
}
