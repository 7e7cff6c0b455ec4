package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// startMailing sends the named mails beside the rest of the case, so that a mail server that is away holds up
// nothing that a person can do meanwhile.
func (c *linking) startMailing(ctx workflow.Context, jobs []activities.MailJob) {
	for _, job := range jobs {
		if job.Kind != onboarding.PINMail {
			workflow.Go(ctx, func(ctx workflow.Context) { c.sendNotices(ctx, []activities.MailJob{job}) })
			continue
		}
		c.stopMailing()
		mailingCtx, stop := workflow.WithCancel(ctx)
		c.mailing, c.newest, c.parked, c.mail = stop, job, nil, onboarding.MailQueued
		workflow.Go(mailingCtx, func(ctx workflow.Context) { c.sendPIN(ctx, job) })
	}
}

// stopMailing gives up the PIN mail that is under way: another one takes its place, or nobody waits for it any more.
func (c *linking) stopMailing() {
	if c.mailing != nil {
		c.mailing()
		c.mailing = nil
	}
}

func (c *linking) sendPIN(ctx workflow.Context, job activities.MailJob) {
	var sent activities.Sent
	summary := fmt.Sprintf("Pincode mailen (mail %d, pincode %d)", job.Number, job.Generation)
	err := c.runEffect(ctx, mailing, summary, do.SendPIN, job, &sent)
	if err != nil || sent.State == onboarding.MailSuperseded {
		return // stopped: another mail took its place
	}
	c.mail, c.mailCode = sent.State, sent.Code
	if c.bounce.MailJob == job { // the news was faster than the acceptance
		c.mail = onboarding.MailBounced
	}
	if c.mail == onboarding.MailRefused {
		c.parked = &job
	} else if c.step == onboarding.MailingPIN {
		c.moveTo(ctx, onboarding.AwaitPIN)
		return
	}
	c.raiseAttention(ctx)
}

// hearBounces learns of PIN mails that came back. Only the newest one matters: whoever asked for another waits for
// that. The PIN in it stays good, should the mail have arrived after all.
func (c *linking) hearBounces(ctx workflow.Context) {
	for {
		var bounce activities.Bounce
		workflow.GetSignalChannel(ctx, MailBounced).Receive(ctx, &bounce)
		if bounce.MailJob != c.newest {
			continue
		}
		c.bounce = bounce
		if c.mail == onboarding.MailSent {
			c.mail = onboarding.MailBounced
		}
		c.raiseAttention(ctx)
		c.describe(ctx)
	}
}

// sendNotices mails what nobody waits for, all at once. A refused one is not worth holding the case for: the table
// of mails keeps it.
func (c *linking) sendNotices(ctx workflow.Context, jobs []activities.MailJob) error {
	group := workflow.NewWaitGroup(ctx)
	var failed error
	for _, job := range jobs {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			if err := c.runEffect(ctx, mailing, noticeSummary(job), do.SendNotice, job, nil); err != nil {
				failed = err
			}
		})
	}
	group.Wait(ctx)
	return failed
}

func noticeSummary(job activities.MailJob) string {
	switch job.Kind {
	case onboarding.LinkedMail:
		return "Bevestiging van de koppeling mailen"
	case onboarding.OwnerNoticeMail:
		return "Bericht aan het oude adres van het account mailen"
	case onboarding.ReminderMail:
		return "Herinnering mailen"
	}
	return "Melding van te veel foute pincodes mailen"
}
