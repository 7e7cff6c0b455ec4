package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// addition is one case: a person who adds one institution to the account.
type addition struct {
	journey
	approval approval
	in       AdditionInput

	cancelled bool               // nothing is left to wait for
	completed onboarding.Outcome // of the last attempt to add
}

// Addition takes one institution from the wish to add it to the account, or to a named ending. Nothing but a bug makes
// it fail.
func Addition(ctx workflow.Context, in AdditionInput) (AdditionResult, error) {
	c := &addition{in: in, journey: journey{
		caseID: in.Case, reference: in.Reference, deadline: in.At.Add(onboarding.AdditionOpen),
		institutions: []onboarding.InstitutionCode{in.Institution}}}
	c.begin(c, onboarding.AwaitProof, in.At)
	c.approval = approval{journey: &c.journey, answered: c.answered, open: onboarding.AdditionOpen}
	if err := c.setup(ctx); err != nil {
		return AdditionResult{}, err
	}
	if err := c.run(ctx); err != nil {
		return AdditionResult{}, err
	}
	err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return AdditionResult{Ending: c.step}, err
}

// run is the story: whoever's turn it is, the case waits until something calls.
func (c *addition) run(ctx workflow.Context) error {
	workflow.Go(ctx, c.runClock)
	workflow.Go(ctx, c.hearVoided)
	workflow.Go(ctx, c.approval.hearBounces)
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
func (c *addition) called(ctx workflow.Context) bool {
	return !c.busy && (c.step == onboarding.Completing || c.gone || c.cancelled || c.approval.due(ctx) || c.expired(ctx))
}

// turn does what the case was called for.
func (c *addition) turn(ctx workflow.Context) error {
	c.busy = true
	defer func() { c.busy = false }()
	switch {
	case c.step == onboarding.Completing:
		return c.complete(ctx)
	case c.gone:
		return c.moveTo(ctx, onboarding.Voided)
	case c.cancelled:
		return c.end(ctx, onboarding.Cancelled)
	case c.approval.due(ctx):
		return c.approval.turn(ctx)
	}
	return c.end(ctx, onboarding.Expired)
}

func (c *addition) open(ctx workflow.Context) error {
	err := c.effect(ctx, "De zaak openen", do.OpenAddition, activities.AdditionOpening{
		Opening: activities.Opening{Case: c.in.Case, Identity: c.in.Identity, Reference: c.in.Reference,
			Language: c.in.Language, At: c.in.At, Deadline: c.deadline},
		Person: c.in.Person, Institution: c.in.Institution,
	}, nil)
	c.opened = err == nil
	return err
}

// complete adds the institution and tells everybody concerned. It can be used before the first mail leaves.
func (c *addition) complete(ctx workflow.Context) error {
	var done activities.Completed
	err := c.effect(ctx, "Toevoegen aan het account", do.CompleteAddition,
		activities.Completion{Case: c.in.Case, Deadline: c.deadline}, &done)
	if err != nil {
		return err
	}
	if c.completed = done.Outcome; c.completed != onboarding.Accepted {
		c.verdict = onboarding.Verdict{Outcome: c.completed}
		c.cancelled = hopeless(c.completed)
		return c.moveTo(ctx, onboarding.AwaitProof)
	}
	if err := c.moveTo(ctx, onboarding.Notifying); err != nil {
		return err
	}
	if err := c.sendNotices(ctx, done.Mails); err != nil {
		return err
	}
	return c.moveTo(ctx, onboarding.Added)
}

// hopeless tells whether nothing that a person can show would change the answer.
func hopeless(outcome onboarding.Outcome) bool {
	return outcome == onboarding.AlreadyAdded || outcome == onboarding.InstitutionEnded
}

// answered takes the case on from its wait for a representative: the institution is being added, or the case is back at
// its proof.
func (c *addition) answered(ctx workflow.Context, decision onboarding.Decision, _ []activities.MailJob) error {
	if decision == onboarding.Approved {
		return c.moveTo(ctx, onboarding.Completing)
	}
	return c.moveTo(ctx, onboarding.AwaitProof)
}

// end closes the case without adding anything.
func (c *addition) end(ctx workflow.Context, ending onboarding.Step) error {
	err := c.effect(ctx, "De zaak sluiten", do.CloseAddition, activities.Closing{Case: c.in.Case, Step: ending}, nil)
	if err != nil {
		return err
	}
	return c.moveTo(ctx, ending)
}

// sendNotices mails who has to know, all at once. A refused one is not worth holding the case for.
func (c *addition) sendNotices(ctx workflow.Context, jobs []activities.MailJob) error {
	group := workflow.NewWaitGroup(ctx)
	var failed error
	for _, job := range jobs {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			if err := c.runEffect(ctx, mailing, additionNotices[job.Kind], do.SendAdditionNotice, job, nil); err != nil {
				failed = err
			}
		})
	}
	group.Wait(ctx)
	return failed
}

var additionNotices = map[onboarding.MailKind]string{
	onboarding.AddedMail:       "Bevestiging van de toevoeging mailen",
	onboarding.AddedNoticeMail: "Bericht aan een gemachtigde mailen",
}

// until is when the present step ends by itself.
func (c *addition) until() time.Time { return c.deadline }
