package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/helpdesk"
	"koppel/onboarding"
)

// Updates that agents of the helpdesk can send to a case of any kind. Each takes a Help and answers with an
// onboarding.Verdict; what does not fit the step is rejected as the updates of persons are.
const (
	AgentResend  = "AgentResend"  // renews the PIN mail
	AgentCorrect = "AgentCorrect" // mails it to another address, once a second agent wants the same
	AgentUnlock  = "AgentUnlock"
	AgentExtend  = "AgentExtend"
	AgentCancel  = "AgentCancel"
)

// Help is what such an update carries. It holds nothing personal.
type Help struct {
	Act      helpdesk.Act
	Handover string `json:",omitempty"` // with AgentCorrect: id of the sealed address
}

// helps are these updates, by what agents call them.
var helps = []struct {
	verb                helpdesk.Verb
	update, says, doing string
	activity            any
}{
	{helpdesk.Resend, AgentResend, "De mail met de pincode opnieuw sturen (helpdesk)", "Nieuwe pincode aanvragen voor de helpdesk", do.AgentResend},
	{helpdesk.Correct, AgentCorrect, "Ander e-mailadres (helpdesk; een tweede medewerker bevestigt)", "Ander e-mailadres van de helpdesk verwerken", do.AgentCorrect},
	{helpdesk.Unlock, AgentUnlock, "Van slot halen (helpdesk)", "Van slot halen", do.AgentUnlock},
	{helpdesk.Extend, AgentExtend, "Meer tijd geven (helpdesk)", "Meer tijd geven", do.AgentExtend},
	{helpdesk.Cancel, AgentCancel, "De zaak stoppen (helpdesk)", "De zaak stoppen voor de helpdesk", do.AgentCancel},
}

// HelpUpdate is the update by which an agent does something about a case; empty for verbs that are none of helps.
func HelpUpdate(verb helpdesk.Verb) string {
	for _, help := range helps {
		if help.verb == verb {
			return help.update
		}
	}
	return ""
}

// helpRows are the rows of a table about what agents do: the kind of case, and where a corrected address leads.
func helpRows(kind onboarding.CaseKind) (rows table) {
	ends := map[string][]onboarding.Step{AgentCancel: steps(stays, onboarding.Cancelled), AgentCorrect: steps(stays, onboarding.MailingPIN)}
	for _, help := range helps {
		for _, step := range helpdesk.Fits(help.verb, kind) {
			to := steps(stays)
			for _, end := range ends[help.update] {
				if end != stays && end != step {
					to = append(to, end)
				}
			}
			rows = append(rows, transition{help.update, byHelpdesk, steps(step), to})
		}
	}
	return rows
}

// helped takes the case on from what an agent wanted; checked is what the activity made of that.
type helped func(ctx workflow.Context, update string, checked activities.Checked) error

// handleHelp registers what agents do. also is as in handle. then goes on with the answer; a kind of case that agents do
// nothing of it about needs none.
func (j *journey) handleHelp(ctx workflow.Context, also func() error, then helped) (err error) {
	for _, help := range helps {
		j.guards[help.update] = also
		handler := func(ctx workflow.Context, in Help) (onboarding.Verdict, error) {
			checked, err := j.judgeHelp(ctx, help.doing, help.update, help.activity, in)
			if err != nil {
				return checked.Verdict, err
			}
			return checked.Verdict, then(ctx, help.update, checked)
		}
		err = errors.Join(err, workflow.SetUpdateHandlerWithOptions(ctx, help.update, handler, workflow.UpdateHandlerOptions{
			Description: help.says,
			Validator:   func(Help) error { return j.fits(help.update, also) },
		}))
	}
	return err
}

// judgeHelp has an act of an agent judged. What is the same for all kinds of cases is done here.
func (j *journey) judgeHelp(ctx workflow.Context, summary, update string, activity any, in Help) (activities.Checked, error) {
	later := j.deadline.Add(onboarding.ExtendBy)
	checked, err := j.checkWith(ctx, summary, activity, Submission{in.Handover}, func(check activities.Check) any {
		return activities.Help{Check: check, Act: in.Act, Deadline: later, Until: j.untilWith(later)}
	})
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked, err
	}
	switch update {
	case AgentExtend:
		j.deadline = checked.Verdict.Until
		return checked, j.publish(ctx, true)
	case AgentCancel:
		j.stoppedByDesk = true
	}
	return checked, nil
}

// untilWith is when the present step would end by itself if the deadline of the case were another.
func (j *journey) untilWith(deadline time.Time) time.Time {
	present := j.deadline
	defer func() { j.deadline = present }()
	j.deadline = deadline
	return j.until()
}

// stoppedWords are said of a case that an agent has ended.
const (
	stoppedName   = "Gestopt door de helpdesk"
	stoppedAdvice = "Klaar. De gebruiker leest dit op de pagina en kan opnieuw beginnen."
)

// misfit says why an update is rejected at the present step, and at which steps it is not.
func (j *journey) misfit(update string) string {
	var at []onboarding.Step
	for _, row := range j.table() {
		if row.event == update {
			at = append(at, row.from...)
		}
	}
	if len(at) == 0 {
		return fmt.Sprintf("the case is at %s; a case of this kind never takes %s", j.step, update)
	}
	return fmt.Sprintf("the case is at %s; %s fits %v", j.step, update, at)
}
