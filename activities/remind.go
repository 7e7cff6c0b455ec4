package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// RemindApproval asks once more, with links of their own: those of the first mails work no longer. It returns the mails
// that are due.
func (a *Activities) RemindApproval(ctx context.Context, in ApprovalTurn) (jobs []MailJob, err error) {
	err = a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		asked, err := tx.LockApproval(ctx, in.Case)
		if err != nil || asked.Decision != "" {
			return err
		}
		if asked.RemindedAt.Valid { // done before
			jobs, err = remindersOf(ctx, tx, asked)
			return err
		}
		if err := tx.EndLinks(ctx, asked.Case); err != nil {
			return err
		}
		asked.KeyID, asked.RemindedAt.Time, asked.RemindedAt.Valid = a.PINs.ActiveID(), now, true
		if err := tx.SaveApproval(ctx, asked); err != nil {
			return err
		}
		if jobs, err = a.nameQuestions(ctx, tx, asked, onboarding.ApprovalReminderMail, now); err != nil {
			return err
		}
		return tx.Audit(ctx, event(onboarding.ApprovalReminded, approvalCase(asked), now, map[string]any{
			"number": asked.Number, "mails": len(jobs)}))
	})
	return jobs, err
}

func remindersOf(ctx context.Context, tx *store.Tx, asked store.Approval) (jobs []MailJob, err error) {
	named, err := tx.Mails(ctx, asked.Case, onboarding.ApprovalReminderMail)
	for _, m := range named {
		if m.Generation == asked.Number {
			jobs = append(jobs, MailJob{asked.Case, m.Kind, m.Number, m.Generation})
		}
	}
	return jobs, err
}
