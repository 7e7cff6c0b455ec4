package activities

import (
	"cmp"
	"context"
	"time"

	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
)

// codeForm is what web seals for CheckActivationCode.
type codeForm struct {
	Email    onboarding.Email `json:"email"`
	Code     string           `json:"code"`
	Language string           `json:"language"`
}

// CheckActivationCode judges an activation code, then the organisation of the login against the institution's board.
// Accepted: a PIN mail to the typed address is due.
func (a *Activities) CheckActivationCode(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		var form codeForm
		at, found, err := a.open(ctx, tx, in, now, &form)
		code, mistyped := onboarding.ParseActivationCode(form.Code) // web has told the person so
		if err != nil || !found || mistyped != nil {
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
		checked, err := a.judgeCode(ctx, tx, &l, form.Email, code, at, now)
		if err != nil {
			return Checked{}, err
		}
		return checked, tx.SaveLinking(ctx, l)
	})
}

func (a *Activities) judgeCode(ctx context.Context, tx *store.Tx, l *store.Linking, email onboarding.Email, typed onboarding.ActivationCode, at, now time.Time) (Checked, error) {
	identity, err := tx.Identity(ctx, l.Identity)
	if err != nil {
		return Checked{}, err
	}
	code, refusal, err := verifyCode(ctx, tx, &l.Case, typed, at, now)
	if err != nil || refusal.Outcome != "" {
		return Checked{Verdict: refusal}, err
	}
	return a.weigh(ctx, tx, l, identity, proofByCode(code), email, now)
}

// verifyCode compares the secret of a code. A selector that nobody has is counted and answered like one of somebody, and
// wrong, unknown and locked cost one hash and the same statements, so that nobody learns which codes exist. That a code
// was used or has ended is told to nobody but who has its letter. The count is held before the compare and committed
// with the answer: parallel tries queue up.
func verifyCode(ctx context.Context, tx *store.Tx, c *store.Case, typed onboarding.ActivationCode, at, now time.Time) (store.ActivationCode, onboarding.Verdict, error) {
	tries, err := hold(ctx, tx, now, counter{limit: onboarding.CodeTries, subject: c.Identity})
	if err != nil {
		return store.ActivationCode{}, onboarding.Verdict{}, err
	}
	code, err := tx.ActivationCodeBySelector(ctx, typed.Selector())
	if err != nil && onboarding.KindOf(err) != onboarding.NotFound {
		return code, onboarding.Verdict{}, err
	}
	right, err := passwords.Verify(ctx, cmp.Or(code.SecretHash, passwords.Dummy()), typed.Secret())
	if err != nil {
		return store.ActivationCode{}, onboarding.Verdict{}, err
	}
	refusal := codeRefusal(code, at)
	if until := tries.lockedUntil(now); !until.IsZero() {
		c.LockedUntil, refusal = until, onboarding.Verdict{Outcome: onboarding.Locked, Until: until}
		err = tries.save(ctx, tx)
	} else if !right {
		refusal, err = countWrong(ctx, tx, c, tries, tries, onboarding.WrongCode, onboarding.ProofWrong, now)
		return store.ActivationCode{}, refusal, err
	}
	if err == nil && refusal.Outcome != "" {
		err = tx.Audit(ctx, event(refusals[refusal.Outcome], *c, now, nil))
	}
	return code, refusal, err
}

// codeRefusal is why a right code does not count at that moment, or nothing.
func codeRefusal(code store.ActivationCode, at time.Time) onboarding.Verdict {
	switch {
	case code.UsedAt.Valid:
		return onboarding.Verdict{Outcome: onboarding.CodeUsed}
	case code.VoidedAt.Valid:
		return onboarding.Verdict{Outcome: onboarding.CodeEnded, Until: code.VoidedAt.Time}
	case !at.Before(code.ExpiresAt):
		return onboarding.Verdict{Outcome: onboarding.CodeEnded, Until: code.ExpiresAt}
	}
	return onboarding.Verdict{}
}
