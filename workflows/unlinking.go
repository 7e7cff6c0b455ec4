package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/helpdesk"
	"koppel/onboarding"
)

// unlinking is one case: an identity is taken from its person. An agent proposes it, on the word of the person or not;
// another agent confirms it.
type unlinking struct {
	journey
	in UnlinkingInput

	mails     []activities.MailJob // to those whom it concerns
	voided    []string             // workflows of what the identity had open
	unwanted  bool                 // begun by an agent who may not, or for an identity without a person
	dismissed bool
}

// Unlinking takes an identity from its person once two agents want it, or ends in seven days.
func Unlinking(ctx workflow.Context, in UnlinkingInput) (UnlinkingResult, error) {
	c := &unlinking{in: in, journey: journey{caseID: in.Case, reference: in.Reference, deadline: in.At.Add(onboarding.UnlinkingOpen)}}
	c.begin(c, onboarding.AwaitAgent, in.At)
	if err := c.setup(ctx); err != nil {
		return UnlinkingResult{}, err
	}
	if err := c.run(ctx); err != nil {
		return UnlinkingResult{}, err
	}
	err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return UnlinkingResult{Ending: c.step}, err
}

func (c *unlinking) run(ctx workflow.Context) error {
	workflow.Go(ctx, c.runClock)
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

func (c *unlinking) open(ctx workflow.Context) error {
	err := c.effect(ctx, "De zaak openen", do.OpenUnlinking, activities.UnlinkOpening{
		Case: c.in.Case, Identity: c.in.Identity, Reference: c.in.Reference, Reported: c.in.Reported, At: c.in.At, Deadline: c.deadline,
	}, &c.institutions)
	c.opened = err == nil
	if err != nil {
		return err
	}
	return c.publish(ctx, true)
}

// called tells whether it is the system's turn.
func (c *unlinking) called(ctx workflow.Context) bool {
	return !c.busy && (c.step == onboarding.Notifying || c.dismissed || c.unwanted || c.expired(ctx))
}

func (c *unlinking) turn(ctx workflow.Context) error {
	c.busy = true
	defer func() { c.busy = false }()
	switch {
	case c.step == onboarding.Notifying:
		if err := tellVoided(ctx, c.voided...); err != nil {
			return err
		}
		if err := c.tell(ctx); err != nil {
			return err
		}
		return c.moveTo(ctx, onboarding.Unlinked)
	case c.dismissed:
		return c.moveTo(ctx, onboarding.Cancelled)
	case c.unwanted:
		return c.close(ctx, onboarding.Cancelled)
	}
	return c.close(ctx, onboarding.Expired)
}

func (c *unlinking) close(ctx workflow.Context, ending onboarding.Step) error {
	err := c.effect(ctx, "De zaak sluiten", do.CloseUnlinking, activities.Closing{Case: c.in.Case, Step: ending}, nil)
	if err != nil {
		return err
	}
	return c.moveTo(ctx, ending)
}

// tell mails both parties, all at once.
func (c *unlinking) tell(ctx workflow.Context) error {
	group := workflow.NewWaitGroup(ctx)
	var failed error
	for _, job := range c.mails {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			failed = errors.Join(failed, c.runEffect(ctx, mailing, unlinkingMails[job.Kind], do.SendUnlinked, job, nil))
		})
	}
	group.Wait(ctx)
	return failed
}

// setup registers what agents can do.
func (c *unlinking) setup(ctx workflow.Context) error {
	return errors.Join(
		workflow.SetQueryHandler(ctx, UnlinkingState, func() (UnlinkingView, error) { return c.view(), nil }),
		c.handleHelp(ctx, c.refusedWhenEnding, nil),
		c.handleAct(ctx, ProposeUnlink, "Ontkoppeling voorstellen", c.propose),
		c.handleAct(ctx, ConfirmUnlink, "Ontkoppeling bevestigen, door een tweede medewerker", c.confirm),
		c.handleAct(ctx, DismissUnlink, "Niet ontkoppelen", c.dismiss),
	)
}

func (c *unlinking) handleAct(ctx workflow.Context, name, description string, h func(workflow.Context, helpdesk.Act) (UnlinkAnswer, error)) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, name, h, workflow.UpdateHandlerOptions{
		Description: description,
		Validator:   func(helpdesk.Act) error { return c.fits(name, c.refusedWhenEnding) },
	})
}

func (c *unlinking) refusedWhenEnding() error {
	if c.dismissed || c.unwanted {
		return rejection(onboarding.Stale, "the case is being closed")
	}
	return nil
}

func (c *unlinking) propose(ctx workflow.Context, act helpdesk.Act) (UnlinkAnswer, error) {
	checked, err := c.decide(ctx, "Voorstel van de helpdesk verwerken", do.ProposeUnlink, act)
	if err != nil {
		return UnlinkAnswer{}, err
	}
	if checked.Verdict.Outcome != onboarding.Accepted {
		c.unwanted = !c.in.Reported
		return UnlinkAnswer{Verdict: checked.Verdict}, nil
	}
	c.deadline = checked.Verdict.Until
	return UnlinkAnswer{Verdict: checked.Verdict}, c.moveTo(ctx, onboarding.AwaitSecondAgent)
}

func (c *unlinking) confirm(ctx workflow.Context, act helpdesk.Act) (UnlinkAnswer, error) {
	checked, err := c.decide(ctx, "Ontkoppelen", do.ConfirmUnlink, act)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return UnlinkAnswer{Verdict: checked.Verdict, Institutions: checked.Institutions}, err
	}
	c.mails, c.voided = checked.Mails, checked.Voided
	return UnlinkAnswer{Verdict: checked.Verdict}, c.moveTo(ctx, onboarding.Notifying)
}

func (c *unlinking) dismiss(ctx workflow.Context, act helpdesk.Act) (UnlinkAnswer, error) {
	checked, err := c.decide(ctx, "Afwijzing van de helpdesk verwerken", do.DismissUnlink, act)
	c.dismissed = err == nil && checked.Verdict.Outcome == onboarding.Accepted
	return UnlinkAnswer{Verdict: checked.Verdict}, err
}

// decide has an act judged.
func (c *unlinking) decide(ctx workflow.Context, summary string, activity any, act helpdesk.Act) (activities.Checked, error) {
	return c.checkWith(ctx, summary, activity, Submission{}, func(in activities.Check) any {
		return activities.UnlinkAct{Check: in, Act: act}
	})
}

// until is when the present step ends by itself.
func (c *unlinking) until() time.Time { return c.deadline }
