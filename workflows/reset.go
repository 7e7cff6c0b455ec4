package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// resetRequestsMost is how often one request may be repeated. More than that tells nothing new, and a history has bounds.
const resetRequestsMost = 50

// reset is one request for a new password: whoever asks for it, the representative of the institution chooses.
type reset struct {
	journey
	in PasswordResetInput

	requests []activities.Check // not looked at yet
	taken    int                // requests in all
	askedAt  time.Time          // the last time
	reminded int                // since then
	links    linkMails
	notices  []activities.MailJob // that tell both sides
}

// PasswordReset has the representative asked to choose a new password, reminds, and tells both sides. Nothing but a bug
// makes it fail. A request for what is unknown takes as long, so that nobody learns of it.
func PasswordReset(ctx workflow.Context, in PasswordResetInput) (PasswordResetResult, error) {
	r := &reset{in: in, askedAt: in.AskedAt, journey: journey{
		caseID: in.Case, reference: in.Reference, deadline: in.AskedAt.Add(onboarding.ResetOpen)}}
	r.begin(r, onboarding.Finding, in.AskedAt)
	if err := r.setup(ctx); err != nil {
		return PasswordResetResult{}, err
	}
	if err := r.run(ctx); err != nil {
		return PasswordResetResult{}, err
	}
	err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return PasswordResetResult{Ending: r.step}, err
}

func (r *reset) setup(ctx workflow.Context) error {
	return errors.Join(
		workflow.SetQueryHandler(ctx, PasswordResetState, func() (CaseView, error) { return r.view(), nil }),
		workflow.SetUpdateHandlerWithOptions(ctx, RequestReset, r.request, workflow.UpdateHandlerOptions{
			Description: "Nieuw wachtwoord aanvragen", Validator: r.admitsRequest}),
		r.handleHelp(ctx, r.refusedWhenStopped, r.helped),
		r.handle(ctx, SetPassword, "Nieuw wachtwoord kiezen met de link uit de mail", r.setPassword, r.refusedWhenStopped),
		r.handleRetry(ctx, "Opnieuw zoeken of mailen (beheer)", r.retryNow, r.nothingToRetry),
	)
}

func (r *reset) run(ctx workflow.Context) error {
	workflow.Go(ctx, r.runClock)
	workflow.Go(ctx, r.runReminders)
	workflow.Go(ctx, r.hearVoided)
	workflow.Go(ctx, r.hearBounces)
	if err := r.open(ctx); err != nil {
		return err
	}
	for {
		if err := workflow.Await(ctx, func() bool { return r.step.Over() || r.called(ctx) }); err != nil || r.step.Over() {
			return err
		}
		if err := r.turn(ctx); err != nil {
			return err
		}
	}
}

func (r *reset) open(ctx workflow.Context) error {
	err := r.effect(ctx, "De zaak openen", do.OpenReset, activities.Opening{
		Case: r.in.Case, Identity: r.in.Identity, Reference: r.in.Reference, Language: r.in.Language,
		At: r.in.AskedAt, Deadline: r.deadline,
	}, nil)
	r.opened = err == nil
	return err
}

// called tells whether it is the system's turn.
func (r *reset) called(ctx workflow.Context) bool {
	return !r.busy && (r.step == onboarding.Notifying || r.gone || r.stoppedByDesk || len(r.requests) > 0 || r.remindable(ctx) || r.expired(ctx))
}

// turn does what the case was called for. A request that came in time is looked at before the end.
func (r *reset) turn(ctx workflow.Context) error {
	r.busy = true
	defer func() { r.busy = false }()
	switch {
	case r.step == onboarding.Notifying:
		return r.tell(ctx)
	case r.gone:
		r.stopLinks()
		return r.moveTo(ctx, onboarding.Voided)
	case r.stoppedByDesk:
		return r.end(ctx, onboarding.Cancelled)
	case len(r.requests) > 0:
		return r.find(ctx)
	case r.expired(ctx) && (r.step == onboarding.Finding || r.step == onboarding.AwaitEnd):
		return r.end(ctx, onboarding.Unmailed)
	case r.expired(ctx):
		return r.end(ctx, onboarding.Expired)
	}
	return r.remind(ctx)
}

// find looks up who may choose the password of what was typed.
func (r *reset) find(ctx workflow.Context) error {
	request := r.requests[0]
	r.requests = r.requests[1:]
	var found activities.Checked
	if err := r.effect(ctx, "Het account en de gemachtigde opzoeken", do.RequestReset, request, &found); err != nil {
		return err
	}
	r.verdict, r.judged = found.Verdict, workflow.Now(ctx)
	if found.Verdict.Outcome != onboarding.AskAgain {
		r.askedAt, r.reminded = workflow.Now(ctx), 0
		r.deadline = r.askedAt.Add(onboarding.ResetOpen)
	}
	return r.follow(ctx, found)
}

// follow goes on with what came of looking for representatives.
func (r *reset) follow(ctx workflow.Context, found activities.Checked) error {
	if len(found.Institutions) > 0 {
		r.institutions = found.Institutions
	}
	switch found.Verdict.Outcome {
	case onboarding.Accepted:
		if err := r.moveTo(ctx, onboarding.MailingLink); err != nil {
			return err
		}
		r.startLinks(ctx, found.Mails)
		return nil
	case onboarding.NoRepresentative:
		r.stopLinks()
		return r.moveTo(ctx, onboarding.AwaitHelpdesk)
	case onboarding.VoidRequest:
		return r.end(ctx, onboarding.Voided)
	}
	if r.step == onboarding.Finding {
		return r.moveTo(ctx, onboarding.AwaitEnd)
	}
	return r.publish(ctx, true)
}

// remind asks once more, with other links.
func (r *reset) remind(ctx workflow.Context) error {
	r.reminded++
	return r.ask(ctx, "De gemachtigde opnieuw vragen")
}

func (r *reset) ask(ctx workflow.Context, summary string) error {
	var found activities.Checked
	err := r.effect(ctx, summary, do.RemindReset, activities.ResetTurn{Case: r.in.Case, Generation: r.links.generation}, &found)
	if err != nil {
		return err
	}
	return r.follow(ctx, found)
}

// tell mails both sides that there is a new password, and ends the case.
func (r *reset) tell(ctx workflow.Context) error {
	r.sendAll(ctx, "Bericht over het nieuwe wachtwoord mailen", do.SendPasswordNotice, r.notices)
	return r.end(ctx, onboarding.PasswordChanged)
}

func (r *reset) end(ctx workflow.Context, ending onboarding.Step) error {
	r.stopLinks()
	err := r.effect(ctx, "De zaak sluiten", do.CloseReset, activities.Closing{Case: r.in.Case, Step: ending}, nil)
	if err != nil {
		return err
	}
	return r.moveTo(ctx, ending)
}
