package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// addressing is the part of a case that has an address confirmed by a PIN: the mail, what came of it, and what a person
// does with it.
type addressing struct {
	of     *journey
	notice any // the activity that sends the mails beside the PIN

	bounced func(workflow.Context, activities.Bounce) // is told of other mails that came back; may be nil

	mail     onboarding.MailState
	mailAt   time.Time         // since when it is so
	mailCode int               // SMTP reply of the last refusal
	bounce   activities.Bounce // of the newest PIN mail that came back

	cancelled bool                // by the person, or an agent
	proposed  bool                // another address, by an agent; another agent has to confirm it
	completed onboarding.Outcome  // of the last attempt to do what the PIN is for
	mailing   workflow.CancelFunc // stops the PIN mail that is under way
	newest    activities.MailJob  // of the PIN mails
	parked    *activities.MailJob // refused for good; waits for another address or for RetryNow
}

// handleAddress registers what a person or an operator can send about the address. cancelling describes what is
// cancelled.
func (p *addressing) handleAddress(ctx workflow.Context, cancelling string) error {
	return errors.Join(
		p.of.handleHelp(ctx, p.refusedWhenStopped, p.helped),
		p.of.handle(ctx, SubmitPIN, "Pincode uit de mail", p.submitPIN, p.refusedWhenStopped),
		p.of.handle(ctx, ResendPIN, "Nieuwe mail met pincode", p.resendPIN, p.refusedWhenStopped),
		p.of.handle(ctx, ChangeAddress, "Ander e-mailadres", p.changeAddress, p.refusedWhenStopped),
		p.of.handle(ctx, Cancel, cancelling, p.cancel, p.refusedWhenStopped),
		p.of.handleRetry(ctx, "Geweigerde mail opnieuw sturen (beheer)", p.retryNow, func() error {
			if p.parked == nil {
				return rejection(onboarding.Stale, "no mail was refused")
			}
			return p.refusedWhenStopped()
		}),
	)
}

// stopped tells whether the case is to end: by its person, or because something else has ended it.
func (p *addressing) stopped() bool { return p.cancelled || p.of.gone }

// refusedWhenStopped rejects what comes after the person has stopped, or something else has ended the case.
func (p *addressing) refusedWhenStopped() error {
	if p.stopped() {
		return rejection(onboarding.Stale, "the case is being stopped")
	}
	return nil
}

// judge has something judged and notes when the case turns out to be over.
func (p *addressing) judge(ctx workflow.Context, summary string, activity any, s Submission) (activities.Checked, error) {
	checked, err := p.of.check(ctx, summary, activity, s)
	p.of.gone = p.of.gone || checked.Over
	return checked, err
}

// submitPIN answers when the link has been made, so that the page that follows is the one behind it.
func (p *addressing) submitPIN(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := p.judge(ctx, "Pincode controleren", do.CheckPIN, s)
	p.startMailing(ctx, checked.Mails)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked.Verdict, err
	}
	p.completed = ""
	if err := p.of.moveTo(ctx, onboarding.Completing); err != nil {
		return onboarding.Verdict{}, err
	}
	err = workflow.Await(ctx, func() bool { return p.completed != "" })
	return onboarding.Verdict{Outcome: p.completed}, err
}

func (p *addressing) resendPIN(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := p.judge(ctx, "Nieuwe pincode aanvragen", do.RequestPIN, s)
	p.startMailing(ctx, checked.Mails)
	p.of.raiseAttention(ctx)
	p.of.describe(ctx)
	return checked.Verdict, err
}

func (p *addressing) changeAddress(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := p.judge(ctx, "Ander e-mailadres controleren", do.ChangeAddress, s)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked.Verdict, err
	}
	p.proposed = false
	p.startMailing(ctx, checked.Mails)
	return checked.Verdict, p.of.moveTo(ctx, onboarding.MailingPIN)
}

// helped goes on with what an agent has done.
func (p *addressing) helped(ctx workflow.Context, update string, checked activities.Checked) error {
	p.of.gone = p.of.gone || checked.Over
	p.startMailing(ctx, checked.Mails)
	switch outcome := checked.Verdict.Outcome; {
	case outcome == onboarding.Proposed:
		p.proposed = true
	case outcome != onboarding.Accepted:
	case update == AgentCancel:
		p.cancelled = true
	case update == AgentCorrect:
		p.proposed = false
		return p.of.moveTo(ctx, onboarding.MailingPIN)
	}
	p.of.raiseAttention(ctx)
	p.of.describe(ctx)
	return nil
}

func (p *addressing) cancel(workflow.Context, Submission) (onboarding.Verdict, error) {
	p.cancelled = true
	return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
}

func (p *addressing) retryNow(ctx workflow.Context) error {
	p.startMailing(ctx, []activities.MailJob{*p.parked})
	p.of.raiseAttention(ctx)
	return nil
}

// trouble is another address that waits for a second agent, or a PIN mail that did not arrive.
func (p *addressing) trouble() string {
	switch {
	case p.proposed && (p.of.step == onboarding.MailingPIN || p.of.step == onboarding.AwaitPIN):
		return secondAgent
	case p.parked != nil:
		return mailRefused
	case p.returned():
		return mailBounced
	}
	return ""
}

// returned tells whether the person waits for a mail that came back.
func (p *addressing) returned() bool {
	return p.mail == onboarding.MailBounced && (p.of.step == onboarding.MailingPIN || p.of.step == onboarding.AwaitPIN)
}

// waits is whose turn it is when a PIN mail was refused or came back: that makes the step of the system a person's; or who
// has stopped the case. Empty for what the step says by itself.
func (p *addressing) waits() (heading, counsel string) {
	switch {
	case p.of.step == onboarding.Cancelled && p.of.stoppedByDesk:
		return stoppedName, stoppedAdvice
	case p.parked != nil:
		return parkedName, parkedAdvice
	case p.returned():
		return returnedName, returnedAdvice
	}
	return "", ""
}

func (p *addressing) mailText() string {
	if p.of.step != onboarding.MailingPIN && p.of.step != onboarding.AwaitPIN {
		return "" // nobody waits for it
	}
	state := p.mail
	if state == onboarding.MailQueued && p.of.late(activities.MailQueue) {
		state = onboarding.MailLate
	}
	text := mailNames[state]
	switch state {
	case "":
		return ""
	case onboarding.MailSent:
		text += fmt.Sprintf("; de pincode werkt %.0f minuten", onboarding.PINLife.Minutes())
	case onboarding.MailRefused:
		text += fmt.Sprintf(": %s (antwoord %d)", refusalText(p.mailCode), p.mailCode)
	case onboarding.MailBounced:
		text += fmt.Sprintf(": %s (melding %s)", bounceText(p.bounce.Status), p.bounce.Status)
	}
	return text + ", " + clockText(p.mailAt)
}

// showMail notes what became of the newest PIN mail.
func (p *addressing) showMail(ctx workflow.Context, state onboarding.MailState) {
	p.mail, p.mailAt = state, workflow.Now(ctx)
}

// LinkingView is what the query LinkingState answers, of a linking or a change of address.
type LinkingView struct {
	Reference    onboarding.Reference
	Step         onboarding.Step
	Since, Until time.Time
	Institutions []onboarding.InstitutionCode
	LastOutcome  onboarding.Outcome
	Mail         onboarding.MailState
	Attention    string
}

func (p *addressing) view() LinkingView {
	return LinkingView{
		Reference: p.of.reference, Step: p.of.step, Since: p.of.since, Until: p.of.until(), Institutions: p.of.institutions,
		LastOutcome: p.of.verdict.Outcome, Mail: p.mail, Attention: p.of.attention,
	}
}
