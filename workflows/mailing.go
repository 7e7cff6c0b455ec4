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
		c.mailing, c.parked, c.mail = stop, nil, onboarding.MailQueued
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
	if sent.State == onboarding.MailRefused {
		c.parked = &job
		c.raiseAttention(ctx)
		return
	}
	if c.step == onboarding.MailingPIN {
		c.moveTo(ctx, onboarding.AwaitPIN)
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
