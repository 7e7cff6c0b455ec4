package workflows

import (
	"cmp"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// linking is one case: a contact person who links an eHerkenning identity to an account of the old system.
type linking struct {
	journey
	addressing
	approval approval
	in       LinkingInput

	lapse time.Time // end of the proof; zero before there is one
}

// Linking takes an identity without person from its first login to a link, or to a named ending. Nothing but a bug
// makes it fail.
func Linking(ctx workflow.Context, in LinkingInput) (LinkingResult, error) {
	c := &linking{in: in, journey: journey{
		caseID: in.Case, reference: in.Reference, deadline: in.AuthenticatedAt.Add(onboarding.LinkingOpen)}}
	c.addressing = addressing{of: &c.journey, notice: do.SendNotice}
	c.begin(c, onboarding.AwaitProof, in.AuthenticatedAt)
	c.approval = approval{journey: &c.journey, answered: c.answered, open: onboarding.LinkingOpen}
	c.addressing.bounced = c.approval.bounced
	if in.Board != "" {
		c.institutions = []onboarding.InstitutionCode{in.Board}
	}
	if err := c.setup(ctx); err != nil {
		return LinkingResult{}, err
	}
	if err := c.run(ctx); err != nil {
		return LinkingResult{}, err
	}
	err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return LinkingResult{Ending: c.step}, err
}

// run is the story: whoever's turn it is, the case waits until something calls.
func (c *linking) run(ctx workflow.Context) error {
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
func (c *linking) called(ctx workflow.Context) bool {
	return !c.busy && (c.step == onboarding.Completing || c.stopped() || c.lapsed(ctx) || c.expired(ctx) || c.approval.due(ctx))
}

// turn does what the case was called for.
func (c *linking) turn(ctx workflow.Context) error {
	c.busy = true
	defer func() { c.busy = false }()
	switch {
	case c.step == onboarding.Completing:
		return c.complete(ctx)
	case c.gone:
		c.stopMailing()
		return c.moveTo(ctx, onboarding.Voided)
	case c.cancelled:
		return c.end(ctx, onboarding.Cancelled)
	case c.approval.due(ctx):
		return c.approval.turn(ctx)
	case c.expired(ctx):
		return c.end(ctx, onboarding.Expired)
	}
	return c.askAgain(ctx)
}

func (c *linking) open(ctx workflow.Context) error {
	err := c.effect(ctx, "De zaak openen", do.OpenLinking, activities.Opening{
		Case: c.in.Case, Identity: c.in.Identity, Reference: c.in.Reference, Language: c.in.Language,
		At: c.in.AuthenticatedAt, Deadline: c.deadline,
	}, nil)
	c.opened = err == nil
	return err
}

// complete makes the link and tells everybody concerned. The person is in before the first mail leaves.
func (c *linking) complete(ctx workflow.Context) error {
	c.stopMailing()
	var done activities.Completed
	err := c.effect(ctx, "Koppelen", do.CompleteLinking,
		activities.Completion{Case: c.in.Case, Deadline: c.deadline}, &done)
	if err != nil {
		return err
	}
	if c.completed = done.Outcome; c.completed != onboarding.Accepted {
		c.verdict = onboarding.Verdict{Outcome: c.completed}
		return c.backToProof(ctx)
	}
	if err := c.moveTo(ctx, onboarding.Notifying); err != nil {
		return err
	}
	if err := c.sendNotices(ctx, done.Mails); err != nil {
		return err
	}
	return c.moveTo(ctx, onboarding.Linked)
}

// end closes the case without a link.
func (c *linking) end(ctx workflow.Context, ending onboarding.Step) error {
	c.stopMailing()
	err := c.effect(ctx, "De zaak sluiten", do.CloseLinking,
		activities.Closing{Case: c.in.Case, Step: ending}, nil)
	if err != nil {
		return err
	}
	return c.moveTo(ctx, ending)
}

// askAgain lets a proof go that is a day old and reminds the person.
func (c *linking) askAgain(ctx workflow.Context) error {
	c.stopMailing()
	var reminders []activities.MailJob
	err := c.effect(ctx, "Opnieuw om het wachtwoord vragen", do.LapseProof,
		activities.Lapse{Case: c.in.Case, Deadline: c.deadline}, &reminders)
	if err != nil {
		return err
	}
	workflow.Go(ctx, func(ctx workflow.Context) { c.sendNotices(ctx, reminders) })
	return c.backToProof(ctx)
}

func (c *linking) backToProof(ctx workflow.Context) error {
	c.lapse, c.parked, c.mail, c.proposed = time.Time{}, nil, "", false
	return c.moveTo(ctx, onboarding.AwaitProof)
}

// lapsed tells whether the proof is too old.
func (c *linking) lapsed(ctx workflow.Context) bool {
	return !c.lapse.IsZero() && !workflow.Now(ctx).Before(c.lapse)
}

// until is when the present step ends by itself.
func (c *linking) until() time.Time {
	if !c.lapse.IsZero() && c.lapse.Before(c.deadline) {
		return c.lapse
	}
	return c.deadline
}

// answered takes the case on from its wait for a representative: to its PIN mail, or back to the proof. The approval
// holds all the same where the limits on mails forbid one.
func (c *linking) answered(ctx workflow.Context, decision onboarding.Decision, mails []activities.MailJob) error {
	if decision != onboarding.Approved || len(mails) == 0 {
		return c.backToProof(ctx)
	}
	return c.mailPIN(ctx, mails)
}

// trouble is an approval that the helpdesk has to look at, or a PIN mail that did not arrive.
func (c *linking) trouble() string { return cmp.Or(c.approval.trouble(), c.addressing.trouble()) }
