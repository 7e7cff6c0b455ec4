package activities

import (
	"context"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

// ApprovalTurn names a case that awaits an approval and has come to one of its deadlines.
type ApprovalTurn struct {
	Case string
}

// decisionForm is what web seals for DecideApproval.
type decisionForm struct {
	Token    string              `json:"token"`
	Decision onboarding.Decision `json:"decision"`
}

// DecideApproval writes down the answer of whoever holds the link of a mail to the representatives. One answer counts.
func (a *Activities) DecideApproval(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		var form decisionForm
		answeredAt, found, err := a.open(ctx, tx, in, now, &form)
		if err != nil || !found {
			return refuse(onboarding.AskAgain), err
		}
		asked, err := tx.LockApproval(ctx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		caseID, mail, err := tx.MailByLink(ctx, linkOf(form.Token))
		if err != nil && onboarding.KindOf(err) != onboarding.NotFound {
			return Checked{}, err
		}
		switch {
		case err != nil || caseID != asked.Case || mail.Generation != asked.Number || !answeredAt.Before(asked.ExpiresAt):
			return refuse(onboarding.DeadLink), nil
		case asked.Decision != "":
			return refuse(onboarding.AlreadyDecided), nil
		case form.Decision != onboarding.Approved && form.Decision != onboarding.Declined:
			return refuse(onboarding.AskAgain), nil
		}
		return a.decide(ctx, tx, asked, form.Decision, onboarding.ByRepresentative, map[string]any{"mail": mail.Kind, "mail_number": mail.Number}, now)
	})
}

// AgentDecision is what an agent of the helpdesk answers in the place of the representatives.
type AgentDecision struct {
	Check
	Decision onboarding.Decision
	Act      helpdesk.Act
}

// AgentDecide writes down what an agent proposes, and with the same answer of a second agent decides. Another answer is
// a proposal of its own.
func (a *Activities) AgentDecide(ctx context.Context, in AgentDecision) (Checked, error) {
	return a.once(ctx, in.Check, func(tx *store.Tx, now time.Time) (Checked, error) {
		may, err := mayAct(ctx, tx, in.Act, helpdesk.Propose)
		if err != nil || !may {
			return refuse(onboarding.NoAgent), err
		}
		asked, err := tx.LockApproval(ctx, in.Case)
		switch {
		case err != nil:
			return Checked{}, err
		case asked.Decision != "":
			return refuse(onboarding.AlreadyDecided), nil
		case asked.Proposal == in.Decision && in.Act.Confirms(asked.ProposedBy) != nil:
			return refuse(onboarding.SecondNeeded), nil
		}
		detail := in.Act.Detail(map[string]any{"decision": in.Decision})
		if asked.Proposal == in.Decision {
			detail["proposed_by"] = asked.ProposedBy
			return a.decide(ctx, tx, asked, in.Decision, in.Act.Agent, detail, now)
		}
		asked.Proposal, asked.ProposedBy = in.Decision, in.Act.Agent
		if err := tx.SaveApproval(ctx, asked); err != nil {
			return Checked{}, err
		}
		return refuse(onboarding.Proposed), tx.Audit(ctx, event(onboarding.ApprovalProposed, approvalCase(asked), now, detail))
	})
}
