package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// LapseApproval ends a question that nobody has answered.
func (a *Activities) LapseApproval(ctx context.Context, in ApprovalTurn) (lapsed Checked, err error) {
	err = a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		asked, err := tx.LockApproval(ctx, in.Case)
		if err != nil {
			return err
		}
		if asked.Decision != "" { // done before
			lapsed, err = toldLapsed(ctx, tx, asked)
			return err
		}
		lapsed, err = a.decide(ctx, tx, asked, onboarding.Lapsed, "", nil, now)
		return err
	})
	return lapsed, err
}

func toldLapsed(ctx context.Context, tx *store.Tx, asked store.Approval) (Checked, error) {
	lapsed := Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}, Decision: asked.Decision}
	named, err := tx.Mails(ctx, asked.Case, onboarding.NotAnsweredMail)
	for _, m := range named {
		if m.Generation == asked.Number {
			lapsed.Mails = append(lapsed.Mails, MailJob{asked.Case, m.Kind, m.Number, m.Generation})
		}
	}
	return lapsed, err
}

// WithdrawApproval lets whoever waits go on with other details.
func (a *Activities) WithdrawApproval(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		asked, err := tx.LockApproval(ctx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		if asked.Decision != "" {
			return refuse(onboarding.AlreadyDecided), nil
		}
		return a.decide(ctx, tx, asked, onboarding.Withdrawn, "", nil, now)
	})
}

// withdraw ends what representatives are asked for a case that ends, if they are.
func withdraw(ctx context.Context, tx *store.Tx, caseID string, now time.Time) error {
	asked, err := tx.LockApproval(ctx, caseID)
	if onboarding.KindOf(err) == onboarding.NotFound || err == nil && asked.Decision != "" {
		return nil
	}
	if err != nil {
		return err
	}
	return settle(ctx, tx, asked, onboarding.Withdrawn, "", nil, now)
}
