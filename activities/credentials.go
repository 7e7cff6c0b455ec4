package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// credentialsForm is what web seals for CheckCredentials.
type credentialsForm struct {
	Email    onboarding.Email `json:"email"`
	Username string           `json:"username"`
	Password string           `json:"password"`
	Language string           `json:"language"`
}

// CheckCredentials judges username and password, then the organisation of the login against the account's board, as
// weigh says.
func (a *Activities) CheckCredentials(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		var form credentialsForm
		if _, found, err := a.open(ctx, tx, in, now, &form); err != nil || !found {
			return refuse(onboarding.AskAgain), err
		}
		l, err := tx.LockLinking(ctx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		if l.Step.Over() {
			return gone, nil
		}
		l.Language, l.Refusal, l.LockedUntil = form.Language, "", time.Time{}
		checked, err := a.judgeCredentials(ctx, tx, &l, form, now)
		if err != nil {
			return Checked{}, err
		}
		return checked, tx.SaveLinking(ctx, l)
	})
}

func (a *Activities) judgeCredentials(ctx context.Context, tx *store.Tx, l *store.Linking, form credentialsForm, now time.Time) (Checked, error) {
	identity, err := tx.Identity(ctx, l.Identity)
	if err != nil {
		return Checked{}, err
	}
	account, refusal, err := a.verify(ctx, tx, &l.Case, identity, form, now)
	if err != nil || refusal.Outcome != "" {
		return Checked{Verdict: refusal}, err
	}
	return a.weigh(ctx, tx, l, identity, proofByAccount(account), form.Email, now)
}

// countWrong counts a wrong try and answers it: tries left before the first lock of own, or locked. all holds own and
// whatever else the try counts for.
func countWrong(ctx context.Context, tx *store.Tx, c *store.Case, all, own counters, wrong onboarding.Outcome, told onboarding.Event, now time.Time) (onboarding.Verdict, error) {
	if err := all.add(ctx, tx, now); err != nil {
		return onboarding.Verdict{}, err
	}
	c.LockedUntil = own.lockedUntil(now)
	verdict := onboarding.Verdict{Outcome: wrong, TriesLeft: own.left(now)}
	detail := map[string]any{"left": verdict.TriesLeft}
	if !c.LockedUntil.IsZero() {
		verdict = onboarding.Verdict{Outcome: onboarding.Locked, Until: c.LockedUntil}
		detail["locked_until"] = c.LockedUntil.UTC()
	}
	return verdict, tx.Audit(ctx, event(told, *c, now, detail))
}

// refusals are the names under which the audit has proofs that did not count, whatever the password.
var refusals = map[onboarding.Outcome]onboarding.Event{
	onboarding.Taken: onboarding.ProofTaken, onboarding.InstitutionEnded: onboarding.ProofEnded,
	onboarding.CodeUsed: onboarding.ProofCodeUsed, onboarding.CodeEnded: onboarding.ProofCodeEnded,
	onboarding.NotApproved: onboarding.ProofMismatch,
	onboarding.Locked:      onboarding.ProofLocked, onboarding.Closed: onboarding.ProofClosed,
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
