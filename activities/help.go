package activities

import (
	"context"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

// AgentResend renews the mail with a PIN, under the limits that hold for its person.
func (a *Activities) AgentResend(ctx context.Context, in Help) (Checked, error) {
	return a.help(ctx, in, helpdesk.Resend, func(tx *store.Tx, c helped, now time.Time) (Checked, error) {
		confirming, err := a.lockConfirming(ctx, tx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		checked, err := a.again(ctx, tx, confirming, now)
		if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
			return checked, err
		}
		return checked, auditHelp(ctx, tx, onboarding.AgentResent, c, in.Act, now, map[string]any{"mails": len(checked.Mails)})
	})
}

// AgentUnlock ends the locks of whoever is at the case, and of what the case is for. The limits go on counting: the next
// lock is the longer one.
func (a *Activities) AgentUnlock(ctx context.Context, in Help) (Checked, error) {
	return a.help(ctx, in, helpdesk.Unlock, func(tx *store.Tx, c helped, now time.Time) (Checked, error) {
		counts, err := hold(ctx, tx, now, counter{limit: onboarding.Unlocks, subject: c.Identity})
		if err != nil {
			return Checked{}, err
		}
		if until := counts.lockedUntil(now); !until.IsZero() {
			return refuseUntil(onboarding.TooOften, until), nil
		}
		locks, err := tx.EndLocks(ctx, c.Identity, c.ID, c.account, now)
		if err != nil {
			return Checked{}, err
		}
		if locks == 0 && !now.Before(c.LockedUntil) {
			return refuse(onboarding.NotLocked), nil
		}
		if err := counts.add(ctx, tx, now); err != nil {
			return Checked{}, err
		}
		c.LockedUntil = time.Time{}
		if err := c.save(ctx, tx); err != nil {
			return Checked{}, err
		}
		return acted, auditHelp(ctx, tx, onboarding.AgentUnlocked, c, in.Act, now, map[string]any{"locks": locks})
	})
}

// acted is the answer to an agent who has done something that leaves nothing to mail.
var acted = Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}}

// AgentExtend moves the deadline of a case, onboarding.Extensions times at most. How long a proof is good for stays as
// it is.
func (a *Activities) AgentExtend(ctx context.Context, in Help) (Checked, error) {
	return a.help(ctx, in, helpdesk.Extend, func(tx *store.Tx, c helped, now time.Time) (Checked, error) {
		counts, err := hold(ctx, tx, now, counter{limit: onboarding.Extensions, subject: c.ID})
		if err != nil {
			return Checked{}, err
		}
		if onboarding.Extensions.Reached(counts[0].attempts) {
			return refuse(onboarding.TooOften), nil
		}
		if err := counts.add(ctx, tx, now); err != nil {
			return Checked{}, err
		}
		c.Deadline = in.Until
		if err := c.save(ctx, tx); err != nil {
			return Checked{}, err
		}
		extended := Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted, Until: in.Deadline}}
		return extended, auditHelp(ctx, tx, onboarding.AgentExtended, c, in.Act, now, map[string]any{"until": in.Deadline.UTC()})
	})
}

// AgentCancel ends a case. Nothing of it proves anything any more, and the page of its user says that the helpdesk has
// ended it.
func (a *Activities) AgentCancel(ctx context.Context, in Help) (Checked, error) {
	return a.help(ctx, in, helpdesk.Cancel, func(tx *store.Tx, c helped, now time.Time) (Checked, error) {
		c.Step, c.Since = onboarding.Cancelled, now
		c.refused(onboarding.StoppedByDesk)
		if err := c.forget(ctx, tx, now); err != nil {
			return Checked{}, err
		}
		if err := c.save(ctx, tx); err != nil {
			return Checked{}, err
		}
		return acted, auditHelp(ctx, tx, onboarding.AgentCancelled, c, in.Act, now, nil)
	})
}
