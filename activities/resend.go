package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// RequestPIN judges the request for another PIN mail. While the newest PIN has onboarding.PINRepeatable left, its
// mail is repeated; else there is a new PIN and the older one stays good until its own end.
func (a *Activities) RequestPIN(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		c, err := a.lockConfirming(ctx, tx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		if c.Step.Over() {
			return gone, nil
		}
		checked, err := a.again(ctx, tx, c, now)
		if err != nil || checked.Verdict.Outcome == onboarding.TooSoon {
			return checked, err
		}
		return checked, tx.Audit(ctx, event(onboarding.PINRequested, *c.Case, now, map[string]any{
			"mails": len(checked.Mails), "outcome": checked.Verdict.Outcome}))
	})
}

// again names another PIN mail to the address that the case has, and saves the case.
func (a *Activities) again(ctx context.Context, tx *store.Tx, c confirming, now time.Time) (Checked, error) {
	last, newest, err := newestMail(ctx, tx, c.ID)
	if err != nil {
		return Checked{}, err
	}
	if again := last.RequestedAt.Add(onboarding.PINMailInterval); now.Before(again) {
		return refuseUntil(onboarding.TooSoon, again), nil
	}
	address, err := a.address(c.ID, newest.Generation, newest.Address)
	if err != nil {
		return Checked{}, err
	}
	checked, err := a.repeat(ctx, tx, c.Case, last, newest, address, now)
	if err != nil {
		return Checked{}, err
	}
	return checked, c.save(ctx, tx)
}

func (a *Activities) repeat(ctx context.Context, tx *store.Tx, c *store.Case, last store.Mail, newest store.PIN, address onboarding.Email, now time.Time) (Checked, error) {
	waiting := last.State == onboarding.MailQueued || last.State == onboarding.MailLate
	repeatable := newest.Tries < onboarding.PINTries && now.Add(onboarding.PINRepeatable).Before(newest.ExpiresAt)
	switch {
	case waiting: // it is on its way: a second one would only come after it
		return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}}, nil
	case repeatable:
		number, refusal, err := a.countMail(ctx, tx, *c, address, now)
		if err != nil || refusal.Verdict.Outcome != "" {
			return refusal, err
		}
		return nameMail(ctx, tx, *c, number, now)
	}
	return a.requestPIN(ctx, tx, c, address, now)
}

// newestMail returns the last PIN mail of a case and the PIN in it.
func newestMail(ctx context.Context, tx *store.Tx, linking string) (store.Mail, store.PIN, error) {
	mails, err := tx.Mails(ctx, linking, onboarding.PINMail)
	if err != nil {
		return store.Mail{}, store.PIN{}, err
	}
	pins, err := tx.PINs(ctx, linking)
	if err != nil || len(mails) == 0 || len(pins) == 0 {
		return store.Mail{}, store.PIN{}, err
	}
	return mails[0], pins[0], nil
}

// addressForm is what web seals for ChangeAddress.
type addressForm struct {
	Email    onboarding.Email `json:"email"`
	Language string           `json:"language"`
}

// ChangeAddress judges another address for the PIN. Accepted: every older PIN is void and a mail is due. The minute
// between two mails counts per address, so that a typing mistake can be mended at once.
func (a *Activities) ChangeAddress(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		var form addressForm
		if _, found, err := a.open(ctx, tx, in, now, &form); err != nil || !found {
			return refuse(onboarding.AskAgain), err
		}
		c, err := a.lockConfirming(ctx, tx, in.Case)
		switch {
		case err != nil:
			return Checked{}, err
		case c.Step.Over():
			return gone, nil
		case !awaitsAddress(c.Step):
			return refuse(onboarding.AskAgain), nil
		}
		if soon, err := a.sameAddressTooSoon(ctx, tx, *c.Case, form.Email, now); err != nil || soon.Verdict.Outcome != "" {
			return soon, err
		}
		checked, err := a.requestPIN(ctx, tx, c.Case, form.Email, now)
		if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
			return checked, err
		}
		warnings, err := warnOnce(ctx, tx, *c.Case, now)
		if err != nil {
			return Checked{}, err
		}
		checked.Mails = append(checked.Mails, warnings...)
		c.Language = form.Language
		if err := moveToAddress(ctx, tx, c, now); err != nil {
			return Checked{}, err
		}
		return checked, tx.Audit(ctx, event(onboarding.AddressChanged, *c.Case, now, map[string]any{"generation": c.Generation}))
	})
}

// gone answers for a case that something else has ended.
var gone = Checked{Verdict: onboarding.Verdict{Outcome: onboarding.AskAgain}, Over: true}

// awaitsAddress tells whether a case takes an address: a linking between its proof and its PIN, a change from its
// beginning. The workflow lets nothing else in; this is for what the engine does again, out of order, after a reset.
func awaitsAddress(step onboarding.Step) bool {
	return step == onboarding.AwaitAddress || step == onboarding.MailingPIN || step == onboarding.AwaitPIN
}

// moveToAddress takes a case to the mail with its newest PIN; older ones are void.
func moveToAddress(ctx context.Context, tx *store.Tx, c confirming, now time.Time) error {
	if err := tx.VoidPINs(ctx, c.ID, c.Generation, now); err != nil {
		return err
	}
	c.Step, c.Since = onboarding.MailingPIN, now
	return c.save(ctx, tx)
}

func (a *Activities) sameAddressTooSoon(ctx context.Context, tx *store.Tx, c store.Case, address onboarding.Email, now time.Time) (Checked, error) {
	if c.Generation == 0 {
		return Checked{}, nil
	}
	last, newest, err := newestMail(ctx, tx, c.ID)
	if err != nil {
		return Checked{}, err
	}
	before, err := a.address(c.ID, newest.Generation, newest.Address)
	if again := last.RequestedAt.Add(onboarding.PINMailInterval); err == nil && fold(before) == fold(address) && now.Before(again) {
		return refuseUntil(onboarding.TooSoon, again), nil
	}
	return Checked{}, err
}
