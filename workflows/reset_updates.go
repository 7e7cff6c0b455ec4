package workflows

import (
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// request takes note that somebody asks and answers at once: what comes of it must not be told by the time that the
// answer takes.
func (r *reset) request(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	r.taken++
	r.requests = append(r.requests, activities.Check{
		Case: r.in.Case, Handover: s.Handover, Update: workflow.GetCurrentUpdateInfo(ctx).ID})
	return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
}

// admitsRequest: a request never waits for another to be looked at.
func (r *reset) admitsRequest(Submission) error {
	if !r.table().admits(RequestReset, r.step) || r.gone || r.stoppedByDesk || r.taken >= resetRequestsMost {
		return rejection(onboarding.Stale, "the case takes no more requests")
	}
	return nil
}

func (r *reset) setPassword(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := r.check(ctx, "Link en nieuw wachtwoord controleren", do.SetPassword, s)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked.Verdict, err
	}
	r.stopLinks()
	r.notices = checked.Mails
	return checked.Verdict, r.moveTo(ctx, onboarding.Notifying)
}

// refusedWhenStopped rejects what comes after an agent has ended the request.
func (r *reset) refusedWhenStopped() error {
	if r.stoppedByDesk {
		return rejection(onboarding.Stale, "the case is being stopped")
	}
	return nil
}

// helped has nothing to go on with: what agents do about a request ends it.
func (r *reset) helped(workflow.Context, string, activities.Checked) error { return nil }

func (r *reset) nothingToRetry() error {
	if r.stoppedByDesk {
		return r.refusedWhenStopped()
	}
	if r.step != onboarding.AwaitHelpdesk && !r.links.parked() {
		return rejection(onboarding.Stale, "no mail was refused")
	}
	return nil
}

// retryNow sends refused mails again, or looks whether a representative is known by now.
func (r *reset) retryNow(ctx workflow.Context) error {
	r.busy = true
	defer func() { r.busy = false }()
	if r.step != onboarding.AwaitHelpdesk {
		r.startLinks(ctx, r.links.jobs)
		r.raiseAttention(ctx)
		return nil
	}
	return r.ask(ctx, "Opnieuw zoeken wie gemachtigd is")
}
