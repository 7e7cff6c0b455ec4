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

// CheckCredentials judges username and password, then the organisation of the login against the account's board.
// Accepted: a PIN mail to the typed address is due.
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
		l.Language, l.Refusal = form.Language, ""
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
	account, refusal, err := a.verify(ctx, tx, l, identity, form, now)
	if err != nil || refusal.Outcome != "" {
		return Checked{Verdict: refusal}, err
	}
	switch {
	case account.Person != "":
		l.Refusal = onboarding.Taken
	case !ownBoard(account, identity):
		l.Refusal = onboarding.Mismatch
	case account.Closed:
		l.Refusal = onboarding.InstitutionEnded
	}
	if l.Refusal != "" {
		return refuse(l.Refusal), tx.Audit(ctx, event(refusals[l.Refusal], l.Case, now, nil))
	}
	checked, err := a.requestPIN(ctx, tx, &l.Case, form.Email, now)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked, err
	}
	l.Account = account.ID
	l.Step, l.Since, l.Deadline = onboarding.MailingPIN, now, earliest(l.Deadline, now.Add(onboarding.ProofGood))
	checked.Institutions = institutions(account)
	return checked, tx.Audit(ctx, event(onboarding.ProofRight, l.Case, now, map[string]any{"institution": account.Institution}))
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
	onboarding.Taken: onboarding.ProofTaken, onboarding.Mismatch: onboarding.ProofMismatch,
	onboarding.InstitutionEnded: onboarding.ProofEnded,
	onboarding.Locked:           onboarding.ProofLocked, onboarding.Closed: onboarding.ProofClosed,
}

// institutions lists what the helpdesk may look the case up by: public register codes.
func institutions(account store.Account) []onboarding.InstitutionCode {
	codes := []onboarding.InstitutionCode{account.Institution}
	if account.Board != "" && account.Board != account.Institution {
		codes = append(codes, account.Board)
	}
	return codes
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
