package activities

import (
	"context"
	"fmt"
	"maps"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// decide ends a question and takes its case on from there.
func (a *Activities) decide(ctx context.Context, tx *store.Tx, asked store.Approval, decision onboarding.Decision, by string, detail map[string]any, now time.Time) (Checked, error) {
	if err := settle(ctx, tx, asked, decision, by, detail, now); err != nil {
		return Checked{}, err
	}
	asked.Decision = decision
	mails, err := a.answered(ctx, tx, asked, now)
	return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}, Decision: decision, Mails: mails}, err
}

// decisions are the names under which the audit has how questions end.
var decisions = map[onboarding.Decision]onboarding.Event{
	onboarding.Approved: onboarding.ApprovalApproved, onboarding.Declined: onboarding.ApprovalRefused,
	onboarding.Lapsed: onboarding.ApprovalLapsed, onboarding.Withdrawn: onboarding.ApprovalWithdrawn,
}

func settle(ctx context.Context, tx *store.Tx, asked store.Approval, decision onboarding.Decision, by string, detail map[string]any, now time.Time) error {
	asked.Decision, asked.DecidedBy, asked.DecidedAt.Time, asked.DecidedAt.Valid = decision, by, now, true
	if err := tx.SaveApproval(ctx, asked); err != nil {
		return err
	}
	told := map[string]any{"number": asked.Number, "institution": asked.Institution, "by": by}
	maps.Copy(told, detail)
	return tx.Audit(ctx, event(decisions[decision], approvalCase(asked), now, told))
}

// answered takes the case that waited on, each kind in its own way, and returns the mails that are due.
func (a *Activities) answered(ctx context.Context, tx *store.Tx, asked store.Approval, now time.Time) ([]MailJob, error) {
	switch asked.Kind {
	case onboarding.LinkingCase:
		return a.linkingAnswered(ctx, tx, asked, now)
	case onboarding.AdditionCase:
		return additionAnswered(ctx, tx, asked, now)
	}
	return nil, fmt.Errorf("an approval of kind %q", asked.Kind)
}
