package activities

import (
	"context"
	"crypto/subtle"
	"slices"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// pinForm is what web seals for CheckPIN.
type pinForm struct {
	PIN     onboarding.PIN `json:"pin"`
	Session []byte         `json:"session"` // hash of the token of the session that typed it
}

// CheckPIN judges a PIN as of the moment it was handed over, so that a slow worker takes nobody's time.
// Accepted: the address is proven and the link can be made.
func (a *Activities) CheckPIN(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		var form pinForm
		typedAt, found, err := a.open(ctx, tx, in, now, &form)
		if err != nil || !found {
			return refuse(onboarding.AskAgain), err
		}
		c, err := a.lockConfirming(ctx, tx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		locked := c.LockedUntil
		verdict, err := a.judgePIN(ctx, tx, c, form, typedAt, now)
		if err != nil {
			return Checked{}, err
		}
		checked := Checked{Verdict: verdict, Over: c.Step.Over()}
		if c.LockedUntil.After(locked) {
			if checked.Mails, err = nameNotice(ctx, tx, *c.Case, onboarding.LockedMail, now); err != nil {
				return Checked{}, err
			}
		}
		return checked, c.save(ctx, tx)
	})
}

func (a *Activities) judgePIN(ctx context.Context, tx *store.Tx, c confirming, form pinForm, typedAt, now time.Time) (onboarding.Verdict, error) {
	tries, err := hold(ctx, tx, now,
		counter{limit: onboarding.PINCaseTries, subject: c.ID},
		counter{limit: onboarding.PINIdentityTries, subject: c.Identity},
		counter{limit: onboarding.PINAccountTries, subject: c.subject})
	if err != nil {
		return onboarding.Verdict{}, err
	}
	pins, err := tx.PINs(ctx, c.ID)
	if err != nil {
		return onboarding.Verdict{}, err
	}
	match, err := a.match(c, pins, form.PIN)
	if err != nil {
		return onboarding.Verdict{}, err
	}
	live := livePINs(pins, typedAt)
	switch locked := tries.lockedUntil(now); {
	case !locked.IsZero():
		c.LockedUntil = locked
		return refusePIN(ctx, tx, *c.Case, onboarding.PINLocked, onboarding.Verdict{Outcome: onboarding.Locked, Until: locked}, now)
	case match != nil && slices.Contains(live, match.Generation):
		return confirm(ctx, tx, c.Case, *match, form.Session, now)
	case match != nil && len(live) > 0: // one that was right once: say which replaced it
		replaced := onboarding.Verdict{Outcome: onboarding.ReplacedPIN, Until: pins[0].CreatedAt}
		return refusePIN(ctx, tx, *c.Case, onboarding.PINReplaced, replaced, now)
	case len(live) == 0:
		return refusePIN(ctx, tx, *c.Case, onboarding.PINEnded, onboarding.Verdict{Outcome: onboarding.EndedPIN}, now)
	}
	if err := tx.CountPINTry(ctx, c.ID, live); err != nil {
		return onboarding.Verdict{}, err
	}
	return countWrong(ctx, tx, c.Case, tries, tries, onboarding.WrongPIN, onboarding.PINWrong, now)
}

// refusePIN audits a PIN that was not judged, and so not counted.
func refusePIN(ctx context.Context, tx *store.Tx, c store.Case, why onboarding.Event, verdict onboarding.Verdict, now time.Time) (onboarding.Verdict, error) {
	return verdict, tx.Audit(ctx, event(why, c, now, nil))
}

func confirm(ctx context.Context, tx *store.Tx, c *store.Case, pin store.PIN, session []byte, now time.Time) (onboarding.Verdict, error) {
	if err := tx.ConfirmPIN(ctx, c.ID, pin.Generation, session, now); err != nil {
		return onboarding.Verdict{}, err
	}
	c.Step, c.Since, c.LockedUntil = onboarding.Completing, now, time.Time{}
	return onboarding.Verdict{Outcome: onboarding.Accepted},
		tx.Audit(ctx, event(onboarding.PINRight, *c, now, map[string]any{"generation": pin.Generation}))
}

// match finds the generation that pin belongs to, dead or alive. Every generation is compared, so that the time
// tells nothing.
func (a *Activities) match(c confirming, pins []store.PIN, typed onboarding.PIN) (*store.PIN, error) {
	var match *store.PIN
	for i := range pins {
		address, err := a.address(c.ID, pins[i].Generation, pins[i].Address)
		if err != nil {
			return nil, err
		}
		derived, err := a.derive(c, pins[i], address)
		if err != nil {
			return nil, err
		}
		if subtle.ConstantTimeCompare([]byte(derived), []byte(typed)) == 1 {
			match = &pins[i]
		}
	}
	return match, nil
}

// livePINs lists the generations that are good at a moment: neither void nor used up, and accepted by a mail server
// at most onboarding.PINLife ago. One whose acceptance is not known yet is good too: who types it has the mail.
func livePINs(pins []store.PIN, at time.Time) (generations []int) {
	for _, pin := range pins {
		ended := !pin.ExpiresAt.IsZero() && at.After(pin.ExpiresAt)
		if pin.VoidedAt.IsZero() && !ended && pin.Tries < onboarding.PINTries && at.Sub(pin.CreatedAt) < onboarding.ProofGood {
			generations = append(generations, pin.Generation)
		}
	}
	return generations
}
