package workflows

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/helpdesk"
	"koppel/onboarding"
)

// approval is the wait of a case for somebody of its institution who says that the login may act for it: the mails, the
// reminder, the answers and the end of the wait. A workflow that can await one has an approval of its journey, registers
// its updates with setup, starts it with ask, and calls due and turn for its deadlines. Its table has approvalRows.
type approval struct {
	*journey

	// answered takes the case on from its wait. Of what the answer left to mail, it gets what is not about the approval.
	answered func(workflow.Context, onboarding.Decision, []activities.MailJob) error

	open time.Duration // of the case, from an answer on

	asked    time.Time            // zero: nobody is being asked
	paused   time.Time            // deadline of the case when the wait began
	mailed   []activities.MailJob // questions under way, or taken by a mail server
	taken    time.Time            // when a mail server last took a question
	returned string               // enhanced status code of the last question that came back
	reminded bool                 // there is one reminder
	late     bool                 // nobody has answered for onboarding.ApprovalLate
	proposal onboarding.Decision  // of an agent; another has to confirm it
}

// AgentDecision is what the update AgentDecide carries. It holds nothing personal.
type AgentDecision struct {
	Decision onboarding.Decision // Approved or Declined
	Act      helpdesk.Act
}

// setup registers who can answer; also is as in handle.
func (a *approval) setup(ctx workflow.Context, also func() error) error {
	return errors.Join(
		a.handle(ctx, DecideApproval, "Antwoord van de gemachtigde", a.decide, also),
		a.handle(ctx, WithdrawApproval, "Andere gegevens invullen", a.withdraw, also),
		workflow.SetUpdateHandlerWithOptions(ctx, AgentDecide, a.agentDecide, workflow.UpdateHandlerOptions{
			Description: "Antwoord van de helpdesk; een tweede medewerker bevestigt",
			Validator:   func(AgentDecision) error { return a.fits(AgentDecide, also) },
		}),
	)
}

// ask lets the case wait for an answer to the questions that are due. The deadline of the case stands still meanwhile.
func (a *approval) ask(ctx workflow.Context, checked activities.Checked) error {
	now := workflow.Now(ctx)
	a.asked, a.paused, a.mailed, a.taken, a.returned = now, a.deadline, nil, time.Time{}, ""
	a.reminded, a.late, a.proposal = false, false, ""
	a.deadline = checked.Verdict.Until
	a.alarms = []time.Time{now.Add(onboarding.ApprovalReminds), now.Add(onboarding.ApprovalLate)}
	a.send(ctx, checked.Mails)
	return a.moveTo(ctx, onboarding.AwaitRepresentative)
}

// awaited tells whether the case waits for an answer.
func (a *approval) awaited() bool { return !a.asked.IsZero() }

// due tells whether it is the system's turn.
func (a *approval) due(ctx workflow.Context) bool {
	return a.awaited() && (a.expired(ctx) || a.reminds(ctx) || a.worries(ctx))
}

func (a *approval) reminds(ctx workflow.Context) bool {
	return !a.reminded && !workflow.Now(ctx).Before(a.asked.Add(onboarding.ApprovalReminds))
}

func (a *approval) worries(ctx workflow.Context) bool {
	return !a.late && !workflow.Now(ctx).Before(a.asked.Add(onboarding.ApprovalLate))
}

// turn asks once more, asks the helpdesk to look, or gives up.
func (a *approval) turn(ctx workflow.Context) error {
	switch {
	case a.expired(ctx):
		return a.giveUp(ctx)
	case a.reminds(ctx):
		return a.remind(ctx)
	}
	a.late = true
	a.raiseAttention(ctx)
	return nil
}

func (a *approval) remind(ctx workflow.Context) error {
	a.reminded = true
	var reminders []activities.MailJob
	err := a.effect(ctx, "Een herinnering voor de gemachtigde klaarzetten", do.RemindApproval,
		activities.ApprovalTurn{Case: a.caseID}, &reminders)
	if err == nil {
		a.mailed, a.taken = nil, time.Time{} // the links in the first mails work no longer
		a.send(ctx, reminders)
		a.raiseAttention(ctx)
	}
	return err
}

func (a *approval) giveUp(ctx workflow.Context) error {
	var lapsed activities.Checked
	err := a.effect(ctx, "De vraag om toestemming laten vervallen", do.LapseApproval,
		activities.ApprovalTurn{Case: a.caseID}, &lapsed)
	if err != nil {
		return err
	}
	_, err = a.goOn(ctx, lapsed)
	return err
}

func (a *approval) decide(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := a.check(ctx, "Antwoord van de gemachtigde verwerken", do.DecideApproval, s)
	if err != nil {
		return onboarding.Verdict{}, err
	}
	return a.goOn(ctx, checked)
}

func (a *approval) withdraw(ctx workflow.Context, s Submission) (onboarding.Verdict, error) {
	checked, err := a.check(ctx, "De vraag om toestemming intrekken", do.WithdrawApproval, s)
	if err != nil {
		return onboarding.Verdict{}, err
	}
	return a.goOn(ctx, checked)
}

func (a *approval) agentDecide(ctx workflow.Context, d AgentDecision) (onboarding.Verdict, error) {
	checked, err := a.checkWith(ctx, "Antwoord van de helpdesk verwerken", do.AgentDecide, Submission{}, func(in activities.Check) any {
		return activities.AgentDecision{Check: in, Decision: d.Decision, Act: d.Act}
	})
	if err != nil {
		return onboarding.Verdict{}, err
	}
	if checked.Verdict.Outcome == onboarding.Proposed {
		a.proposal = d.Decision
		a.raiseAttention(ctx)
		a.describe(ctx)
	}
	return a.goOn(ctx, checked)
}

// goOn ends the wait if there is an answer. The clocks of the case start anew; after a withdrawal they go on where they
// stood.
func (a *approval) goOn(ctx workflow.Context, checked activities.Checked) (onboarding.Verdict, error) {
	if checked.Decision == "" {
		return checked.Verdict, nil
	}
	now := workflow.Now(ctx)
	a.deadline = now.Add(a.open)
	if checked.Decision == onboarding.Withdrawn {
		a.deadline = a.paused.Add(now.Sub(a.asked))
	}
	a.asked, a.alarms = time.Time{}, nil
	a.verdict = onboarding.Verdict{Outcome: decisionOutcomes[checked.Decision]}
	return checked.Verdict, a.answered(ctx, checked.Decision, a.send(ctx, checked.Mails))
}

// decisionOutcomes are what the details call the last check after an answer.
var decisionOutcomes = map[onboarding.Decision]onboarding.Outcome{
	onboarding.Approved: onboarding.Accepted, onboarding.Declined: onboarding.NotApproved, onboarding.Lapsed: onboarding.NotAnswered,
}

// send mails what is about approvals, beside the rest of the case, and returns the other jobs.
func (a *approval) send(ctx workflow.Context, jobs []activities.MailJob) (rest []activities.MailJob) {
	for _, job := range jobs {
		summary, ours := approvalMails[job.Kind]
		if !ours {
			rest = append(rest, job)
			continue
		}
		if isQuestion(job) {
			a.mailed = append(a.mailed, job)
		}
		workflow.Go(ctx, func(ctx workflow.Context) { a.sendOne(ctx, job, fmt.Sprintf("%s (mail %d)", summary, job.Number)) })
	}
	return rest
}

// sendOne sends a mail. A question that no mail server takes is one fewer.
func (a *approval) sendOne(ctx workflow.Context, job activities.MailJob, summary string) {
	var sent activities.Sent
	err := a.runEffect(ctx, mailing, summary, do.SendApproval, job, &sent)
	switch {
	case err != nil:
	case sent.State == onboarding.MailRefused:
		a.lose(ctx, job)
	case sent.State == onboarding.MailSent && slices.Contains(a.mailed, job):
		a.taken = workflow.Now(ctx)
		a.describe(ctx)
	}
}

// lose takes note that a question has not arrived. Those of an earlier wait, and before the reminder, are of no use.
func (a *approval) lose(ctx workflow.Context, job activities.MailJob) bool {
	open := len(a.mailed)
	a.mailed = slices.DeleteFunc(a.mailed, func(other activities.MailJob) bool { return other == job })
	if len(a.mailed) == open || !a.awaited() {
		return false
	}
	a.raiseAttention(ctx)
	return true
}

// bounced learns of a question that came back.
func (a *approval) bounced(ctx workflow.Context, bounce activities.Bounce) {
	if a.lose(ctx, bounce.MailJob) {
		a.returned = bounce.Status
		a.describe(ctx)
	}
}

// hearBounces learns of questions that came back, in a case that has no other mails to hear of.
func (a *approval) hearBounces(ctx workflow.Context) {
	for {
		var bounce activities.Bounce
		workflow.GetSignalChannel(ctx, MailBounced).Receive(ctx, &bounce)
		a.bounced(ctx, bounce)
	}
}

// fact tells what became of the questions: that one came back, or else when one was taken.
func (a *approval) fact() fact {
	state := ""
	switch {
	case !a.awaited():
	case a.returned != "":
		state = fmt.Sprintf("%s (melding %s: %s)", mailNames[onboarding.MailBounced], a.returned, bounceText(a.returned))
	case len(a.mailed) > 0 && !a.taken.IsZero():
		state = fmt.Sprintf("%s, %s", mailNames[onboarding.MailSent], clockText(a.taken))
	}
	return fact{"Mail aan de gemachtigde", state}
}

var approvalMails = map[onboarding.MailKind]string{
	onboarding.ApprovalMail:         "De gemachtigde om toestemming vragen",
	onboarding.ApprovalReminderMail: "De gemachtigde herinneren",
	onboarding.AskedMail:            "Bericht aan het oude adres van het account mailen",
	onboarding.ApprovedMail:         "De toestemming mailen aan de gebruiker",
	onboarding.NotApprovedMail:      "De weigering mailen aan de gebruiker",
	onboarding.NotAnsweredMail:      "Mailen dat er geen antwoord kwam",
}

func isQuestion(job activities.MailJob) bool {
	return job.Kind == onboarding.ApprovalMail || job.Kind == onboarding.ApprovalReminderMail
}

// What KoppelAttention can say of an approval: in each of these the helpdesk can decide.
const (
	nobodyAsked = "no_representative" // none is known, or no mail to one was taken
	noAnswer    = "no_answer"         // for onboarding.ApprovalLate
	secondAgent = "second_agent"      // an agent has proposed an answer
)

// representativeAdvice is what an agent can do while an answer is awaited.
const representativeAdvice = "De gebruiker wacht; de pagina zegt dit ook. Komt er geen antwoord, dan beslist de helpdesk met twee medewerkers. Noem nooit wie de gemachtigde is."

// trouble is what the helpdesk has to look for; empty while it is the representatives' turn.
func (a *approval) trouble() string {
	switch {
	case !a.awaited():
		return ""
	case a.proposal != "":
		return secondAgent
	case len(a.mailed) == 0:
		return nobodyAsked
	case a.late:
		return noAnswer
	}
	return ""
}

// approvalRows are the rows of a table about the wait: the step that an approval leads to, and the one that any other
// end of it leads to.
func approvalRows(approved, otherwise onboarding.Step) table {
	at := steps(onboarding.AwaitRepresentative)
	answered := slices.Compact(steps(stays, approved, otherwise))
	return table{
		{DecideApproval, byRepresentative, at, answered},
		{AgentDecide, byHelpdesk, at, answered},
		{WithdrawApproval, byPerson, at, steps(stays, otherwise)},
		{approvalReminds, bySystem, at, steps(stays)},
		{approvalLate, bySystem, at, steps(stays)},
		{approvalLapses, bySystem, at, steps(otherwise)},
	}
}

// What happens to a wait by itself.
const (
	approvalReminds = "three days without an answer"
	approvalLate    = "five days without an answer"
	approvalLapses  = "seven days without an answer"
)
