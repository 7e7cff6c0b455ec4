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
		l, err := tx.LockLinking(ctx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		last, newest, err := newestMail(ctx, tx, l.ID)
		if err != nil {
			return Checked{}, err
		}
		if again := last.RequestedAt.Add(onboarding.PINMailInterval); now.Before(again) {
			return refuseUntil(onboarding.TooSoon, again), nil
		}
		address, err := a.address(l.ID, newest.Generation, newest.Address)
		if err != nil {
			return Checked{}, err
		}
		checked, err := a.repeat(ctx, tx, &l.Case, last, newest, address, now)
		if err != nil {
			return Checked{}, err
		}
		if err := tx.SaveLinking(ctx, l); err != nil {
			return Checked{}, err
		}
		return checked, tx.Audit(ctx, event(onboarding.PINRequested, l.Case, now, map[string]any{
			"mails": len(checked.Mails), "outcome": checked.Verdict.Outcome}))
	})
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
		l, err := tx.LockLinking(ctx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		if !awaitsPIN(l.Step) {
			return refuse(onboarding.AskAgain), nil
		}
		if soon, err := a.sameAddressTooSoon(ctx, tx, l.ID, form.Email, now); err != nil || soon.Verdict.Outcome != "" {
			return soon, err
		}
		checked, err := a.requestPIN(ctx, tx, &l.Case, form.Email, now)
		if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
			return checked, err
		}
		return checked, a.moveToAddress(ctx, tx, l, form.Language, now)
	})
}

// awaitsPIN tells whether a case is between its proof and its PIN. The workflow lets nothing else in; this is for what
// the engine does again, out of order, after a reset.
func awaitsPIN(step onboarding.Step) bool {
	return step == onboarding.MailingPIN || step == onboarding.AwaitPIN
}

func (a *Activities) moveToAddress(ctx context.Context, tx *store.Tx, l store.Linking, language string, now time.Time) error {
	if err := tx.VoidPINs(ctx, l.ID, l.Generation, now); err != nil {
		return err
	}
	l.Step, l.Since, l.Language = onboarding.MailingPIN, now, language
	if err := tx.SaveLinking(ctx, l); err != nil {
		return err
	}
	return tx.Audit(ctx, event(onboarding.AddressChanged, l.Case, now, map[string]any{"generation": l.Generation}))
}

func (a *Activities) sameAddressTooSoon(ctx context.Context, tx *store.Tx, linking string, address onboarding.Email, now time.Time) (Checked, error) {
	last, newest, err := newestMail(ctx, tx, linking)
	if err != nil {
		return Checked{}, err
	}
	before, err := a.address(linking, newest.Generation, newest.Address)
	if again := last.RequestedAt.Add(onboarding.PINMailInterval); err == nil && fold(before) == fold(address) && now.Before(again) {
		return refuseUntil(onboarding.TooSoon, again), nil
	}
	return Checked{}, err
}
