package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// startMailing sends the named mails beside the rest of the case, so that a mail server that is away holds up
// nothing that a person can do meanwhile.
func (p *addressing) startMailing(ctx workflow.Context, jobs []activities.MailJob) {
	for _, job := range jobs {
		if job.Kind != onboarding.PINMail {
			workflow.Go(ctx, func(ctx workflow.Context) { p.sendNotices(ctx, []activities.MailJob{job}) })
			continue
		}
		p.stopMailing()
		mailingCtx, stop := workflow.WithCancel(ctx)
		p.mailing, p.newest, p.parked = stop, job, nil
		p.showMail(ctx, onboarding.MailQueued)
		workflow.Go(mailingCtx, func(ctx workflow.Context) { p.sendPIN(ctx, job) })
	}
}

// stopMailing gives up the PIN mail that is under way: another one takes its place, or nobody waits for it any more.
func (p *addressing) stopMailing() {
	if p.mailing != nil {
		p.mailing()
		p.mailing = nil
	}
}

func (p *addressing) sendPIN(ctx workflow.Context, job activities.MailJob) {
	var sent activities.Sent
	summary := fmt.Sprintf("Pincode mailen (mail %d, pincode %d)", job.Number, job.Generation)
	err := p.of.runEffect(ctx, mailing, summary, do.SendPIN, job, &sent)
	if err != nil || sent.State == onboarding.MailSuperseded {
		return // stopped: another mail took its place
	}
	p.mailCode = sent.Code
	p.showMail(ctx, sent.State)
	if p.bounce.MailJob == job { // the news was faster than the acceptance
		p.showMail(ctx, onboarding.MailBounced)
	}
	if p.mail == onboarding.MailRefused {
		p.parked = &job
	} else if p.of.step == onboarding.MailingPIN {
		p.of.moveTo(ctx, onboarding.AwaitPIN)
		return
	}
	p.of.raiseAttention(ctx)
}

// hearBounces learns of PIN mails that came back. Only the newest one matters: whoever asked for another waits for
// that. The PIN in it stays good, should the mail have arrived after all.
func (p *addressing) hearBounces(ctx workflow.Context) {
	for {
		var bounce activities.Bounce
		workflow.GetSignalChannel(ctx, MailBounced).Receive(ctx, &bounce)
		if bounce.MailJob != p.newest {
			if p.bounced != nil {
				p.bounced(ctx, bounce)
			}
			continue
		}
		p.bounce = bounce
		if p.mail == onboarding.MailSent {
			p.showMail(ctx, onboarding.MailBounced)
		}
		p.of.raiseAttention(ctx)
		p.of.describe(ctx)
	}
}

// sendNotices mails what nobody waits for, all at once. A refused one is not worth holding the case for: the table
// of mails keeps it.
func (p *addressing) sendNotices(ctx workflow.Context, jobs []activities.MailJob) error {
	group := workflow.NewWaitGroup(ctx)
	var failed error
	for _, job := range jobs {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			if err := p.of.runEffect(ctx, mailing, noticeSummary(job), p.notice, job, nil); err != nil {
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
	case onboarding.RepresentativeNoticeMail:
		return fmt.Sprintf("Bericht aan de gemachtigde mailen (%d)", job.Number)
	case onboarding.ReminderMail:
		return "Herinnering mailen"
	case onboarding.ChangeAskedMail:
		return "Bericht over de wijziging aan het huidige adres mailen"
	case onboarding.ChangedMail:
		return "Bevestiging aan het nieuwe adres mailen"
	case onboarding.ChangedNoticeMail:
		return "Bericht aan het oude adres mailen"
	}
	return "Melding van te veel foute pincodes mailen"
}
