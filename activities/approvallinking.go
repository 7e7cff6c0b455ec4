package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// linkingAnswered takes a linking on that waited: to its PIN mail, or back to its proof. The clocks of the case start
// anew; when the person has withdrawn the question they go on where they stood.
func (a *Activities) linkingAnswered(ctx context.Context, tx *store.Tx, asked store.Approval, now time.Time) ([]MailJob, error) {
	l, err := tx.LockLinking(ctx, asked.Case)
	if err != nil {
		return nil, err
	}
	switch asked.Decision {
	case onboarding.Approved:
		return a.linkingApproved(ctx, tx, l, asked, now)
	case onboarding.Declined:
		return linkingNotApproved(ctx, tx, l, asked, onboarding.NotApproved, onboarding.NotApprovedMail, now)
	case onboarding.Lapsed:
		return linkingNotApproved(ctx, tx, l, asked, onboarding.NotAnswered, onboarding.NotAnsweredMail, now)
	}
	return nil, backToProof(ctx, tx, l, "", asked.Paused.Add(now.Sub(asked.RequestedAt)), now)
}

// linkingApproved mails the PIN to the address that was typed before the wait. Where the limits on mails forbid it the
// case is back at its proof, and the approval holds for the next.
func (a *Activities) linkingApproved(ctx context.Context, tx *store.Tx, l store.Linking, asked store.Approval, now time.Time) ([]MailJob, error) {
	address, err := a.approvalAddress(asked)
	if err != nil {
		return nil, err
	}
	told, err := nameAnswer(ctx, tx, asked, onboarding.ApprovedMail, now)
	if err != nil {
		return nil, err
	}
	l.Deadline = now.Add(onboarding.LinkingOpen)
	checked, err := a.requestPIN(ctx, tx, &l.Case, address, now)
	if err != nil {
		return nil, err
	}
	if checked.Verdict.Outcome != onboarding.Accepted {
		return told, backToProof(ctx, tx, l, "", l.Deadline, now)
	}
	l.Step, l.Since, l.Deadline = onboarding.MailingPIN, now, now.Add(onboarding.ProofGood)
	return append(told, checked.Mails...), tx.SaveLinking(ctx, l)
}

func linkingNotApproved(ctx context.Context, tx *store.Tx, l store.Linking, asked store.Approval, refusal onboarding.Outcome, kind onboarding.MailKind, now time.Time) ([]MailJob, error) {
	told, err := nameAnswer(ctx, tx, asked, kind, now)
	if err != nil {
		return nil, err
	}
	return told, backToProof(ctx, tx, l, refusal, now.Add(onboarding.LinkingOpen), now)
}

// nameAnswer names the mail that tells whoever waited how it ended.
func nameAnswer(ctx context.Context, tx *store.Tx, asked store.Approval, kind onboarding.MailKind, now time.Time) ([]MailJob, error) {
	job := MailJob{Case: asked.Case, Kind: kind, Number: asked.Number, Generation: asked.Number}
	return []MailJob{job}, requestMail(ctx, tx, approvalCase(asked), job.named("", now))
}

func (a *Activities) approvalAddress(asked store.Approval) (onboarding.Email, error) {
	opened, err := a.Records.Open(store.ApprovalAddress(asked.Case, asked.Number), asked.Address)
	return onboarding.Email(opened), err
}
