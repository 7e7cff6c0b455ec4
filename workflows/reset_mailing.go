package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// linkMails are the mails of the newest generation of links.
type linkMails struct {
	jobs       []activities.MailJob
	generation int
	refused    int
	returned   []activities.MailJob // after a mail server had taken them
	sent       int
	code       int // SMTP reply of the last refusal
	stop       workflow.CancelFunc
}

// parked tells whether no representative can be reached: every mail was refused for good.
func (l linkMails) parked() bool { return len(l.jobs) > 0 && l.refused == len(l.jobs) }

// lost tells whether every mail was refused or came back.
func (l linkMails) lost() bool { return len(l.jobs) > 0 && l.refused+len(l.returned) == len(l.jobs) }

// startLinks mails the links beside the rest of the case; older ones are given up.
func (r *reset) startLinks(ctx workflow.Context, jobs []activities.MailJob) {
	r.stopLinks()
	mailingCtx, stop := workflow.WithCancel(ctx)
	r.links = linkMails{jobs: jobs, generation: jobs[0].Generation, stop: stop}
	for _, job := range jobs {
		workflow.Go(mailingCtx, func(ctx workflow.Context) { r.sendLink(ctx, job) })
	}
}

func (r *reset) stopLinks() {
	if r.links.stop != nil {
		r.links.stop()
		r.links.stop = nil
	}
}

func (r *reset) sendLink(ctx workflow.Context, job activities.MailJob) {
	var sent activities.Sent
	summary := fmt.Sprintf("Link mailen aan de gemachtigde (mail %d, ronde %d)", job.Number, job.Generation)
	err := r.runEffect(ctx, mailing, summary, do.SendResetLink, job, &sent)
	if err != nil || job.Generation != r.links.generation || sent.State == onboarding.MailSuperseded {
		return // stopped: other links took their place
	}
	if sent.State == onboarding.MailRefused {
		r.links.refused++
		r.links.code = sent.Code
	} else {
		r.links.sent++
		if r.step == onboarding.MailingLink {
			r.moveTo(ctx, onboarding.AwaitRepresentative)
			return
		}
	}
	r.raiseAttention(ctx)
	r.describe(ctx)
}

// hearBounces learns of links that came back. Those of earlier rounds work no longer anyway.
func (r *reset) hearBounces(ctx workflow.Context) {
	for {
		var bounce activities.Bounce
		workflow.GetSignalChannel(ctx, MailBounced).Receive(ctx, &bounce)
		if !slices.Contains(r.links.jobs, bounce.MailJob) || slices.Contains(r.links.returned, bounce.MailJob) {
			continue
		}
		r.links.returned = append(r.links.returned, bounce.MailJob)
		r.raiseAttention(ctx)
		r.describe(ctx)
	}
}

// sendAll mails notices that nobody waits for, all at once. A refused one is not worth holding the case for.
func (r *reset) sendAll(ctx workflow.Context, summary string, activity any, jobs []activities.MailJob) {
	group := workflow.NewWaitGroup(ctx)
	for _, job := range jobs {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			r.runEffect(ctx, mailing, fmt.Sprintf("%s (%d)", summary, job.Number), activity, job, nil)
		})
	}
	group.Wait(ctx)
}

// reminders are when the representatives are asked again, after the last request.
var reminders = []time.Duration{onboarding.ResetFirstReminder, onboarding.ResetLastReminder}

// nextReminder is when the representatives are asked again; zero when they are not.
func (r *reset) nextReminder() time.Time {
	if r.step != onboarding.AwaitRepresentative || r.reminded >= len(reminders) {
		return time.Time{}
	}
	return r.askedAt.Add(reminders[r.reminded])
}

func (r *reset) remindable(ctx workflow.Context) bool {
	next := r.nextReminder()
	return !next.IsZero() && !workflow.Now(ctx).Before(next)
}

// runReminders wakes the case when the representatives are to be asked again.
func (r *reset) runReminders(ctx workflow.Context) {
	for !r.step.Over() {
		next := r.nextReminder()
		changed := func() bool { return !r.nextReminder().Equal(next) || r.step.Over() }
		var err error
		if wait := next.Sub(workflow.Now(ctx)); next.IsZero() || wait <= 0 {
			err = workflow.Await(ctx, changed)
		} else {
			_, err = workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{Timeout: wait,
				TimerOptions: workflow.TimerOptions{Summary: "Herinner de gemachtigde"}}, changed)
		}
		if err != nil {
			return // the workflow is being closed
		}
	}
}
