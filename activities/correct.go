package activities

import (
	"context"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

// correctionForm is what `koppel helpdesk correct-address` seals for AgentCorrect.
type correctionForm struct {
	Email onboarding.Email `json:"email"`
}

// AgentCorrect notes the address that the PIN is to go to, and with the same address of a second agent mails it there,
// under the limits that hold for its person. Another address is a proposal of its own. The PIN in the mail still has to be
// typed by whoever is logged in: an address is corrected, and nobody is let in.
func (a *Activities) AgentCorrect(ctx context.Context, in Help) (Checked, error) {
	return a.help(ctx, in, helpdesk.Correct, func(tx *store.Tx, c helped, now time.Time) (Checked, error) {
		var form correctionForm
		if _, found, err := a.open(ctx, tx, in.Check, now, &form); err != nil || !found {
			return refuse(onboarding.AskAgain), err
		}
		before, err := tx.Correction(ctx, c.ID)
		switch known := onboarding.KindOf(err) != onboarding.NotFound; {
		case known && err != nil:
			return Checked{}, err
		case !known:
			return a.proposeCorrection(ctx, tx, c, in.Act, form.Email, now)
		}
		proposed, err := a.Records.Open(store.CorrectionAddress(c.ID), before.Address)
		switch {
		case err != nil:
			return Checked{}, err
		case onboarding.Email(proposed) != form.Email:
			return a.proposeCorrection(ctx, tx, c, in.Act, form.Email, now)
		case in.Act.Confirms(before.ProposedBy) != nil:
			return refuse(onboarding.SecondNeeded), nil
		}
		return a.confirmCorrection(ctx, tx, c, in.Act, before, form.Email, now)
	})
}

func (a *Activities) proposeCorrection(ctx context.Context, tx *store.Tx, c helped, act helpdesk.Act, email onboarding.Email, now time.Time) (Checked, error) {
	sealed, err := a.Records.Seal(store.CorrectionAddress(c.ID), []byte(email))
	if err != nil {
		return Checked{}, err
	}
	err = tx.ProposeCorrection(ctx, store.Correction{Case: c.ID, Address: sealed, ProposedBy: act.Agent, ProposedAt: now})
	if err != nil {
		return Checked{}, err
	}
	return refuse(onboarding.Proposed), auditHelp(ctx, tx, onboarding.AgentProposed, c, act, now, nil)
}

// confirmCorrection mails a PIN to the address; those of before are void.
func (a *Activities) confirmCorrection(ctx context.Context, tx *store.Tx, c helped, act helpdesk.Act, before store.Correction, email onboarding.Email, now time.Time) (Checked, error) {
	confirming, err := a.lockConfirming(ctx, tx, c.ID)
	if err != nil {
		return Checked{}, err
	}
	if soon, err := a.sameAddressTooSoon(ctx, tx, *confirming.Case, email, now); err != nil || soon.Verdict.Outcome != "" {
		return soon, err
	}
	checked, err := a.requestPIN(ctx, tx, confirming.Case, email, now)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked, err
	}
	if err := moveToAddress(ctx, tx, confirming, now); err != nil {
		return Checked{}, err
	}
	return checked, auditHelp(ctx, tx, onboarding.AgentCorrected, c, act, now, map[string]any{
		"proposed_by": before.ProposedBy, "generation": confirming.Generation})
}
