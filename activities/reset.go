package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"koppel/onboarding"
	"koppel/store"
)

// OpenReset writes the row of a request for a new password, so that the helpdesk finds it by its reference.
func (a *Activities) OpenReset(ctx context.Context, in Opening) error {
	r := store.Reset{AskedAt: in.At, Case: store.Case{
		ID: in.Case, WorkflowID: activity.GetInfo(ctx).WorkflowExecution.ID, Identity: in.Identity,
		Reference: in.Reference, Language: in.Language, Step: onboarding.Finding, Since: in.At, Deadline: in.Deadline,
	}}
	return a.transact(ctx, func(tx *store.Tx, _ time.Time) error { return tx.OpenReset(ctx, r) })
}

// resetForm is what web seals for RequestReset.
type resetForm struct {
	Account  string `json:"account"`  // as typed: a username, or the code of an institution
	Identity string `json:"identity"` // hash of who asks
	Language string `json:"language"`
}

// RequestReset looks up who may choose a new password for the account that was typed. Accepted: mails to them are due.
// Whatever else comes of it is for the helpdesk: whoever asks is told the same, and gets it just as soon.
func (a *Activities) RequestReset(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		var form resetForm
		if _, found, err := a.open(ctx, tx, in, now, &form); err != nil || !found {
			return refuse(onboarding.AskAgain), err
		}
		r, err := tx.LockReset(ctx, in.Case)
		if err != nil || r.Step.Over() {
			return refuse(onboarding.AskAgain), err
		}
		r.Language, r.AskedAt, r.Deadline = form.Language, now, now.Add(onboarding.ResetOpen)
		checked, err := a.seekRepresentative(ctx, tx, &r, form, now)
		if err != nil {
			return Checked{}, err
		}
		detail := map[string]any{"outcome": checked.Verdict.Outcome, "mails": len(checked.Mails)}
		if r.Institution != "" {
			detail["institution"] = r.Institution
		}
		if err := tx.Audit(ctx, event(onboarding.ResetAsked, r.Case, now, detail)); err != nil {
			return Checked{}, err
		}
		return checked, tx.SaveReset(ctx, r)
	})
}

// seekRepresentative finds the account and its representatives and names their mails.
func (a *Activities) seekRepresentative(ctx context.Context, tx *store.Tx, r *store.Reset, form resetForm, now time.Time) (Checked, error) {
	asked, err := hold(ctx, tx, now, counter{limit: onboarding.ResetsPerIdentity, subject: form.Identity})
	if err != nil {
		return Checked{}, err
	}
	if !asked.lockedUntil(now).IsZero() {
		return idle(r, onboarding.TooManyRequests, now), nil
	}
	if err := asked.add(ctx, tx, now); err != nil {
		return Checked{}, err
	}
	accounts, err := resettable(ctx, tx, form.Account)
	if err != nil || len(accounts) == 0 {
		return idle(r, onboarding.UnknownAccount, now), err
	}
	r.Institution, r.Account = accounts[0].Institution, ""
	if len(accounts) == 1 {
		r.Account = accounts[0].ID
	}
	return a.askRepresentatives(ctx, tx, r, accounts, now)
}

// idle lets a request wait for its end without a mail. Links that it has go on working.
func idle(r *store.Reset, why onboarding.Outcome, now time.Time) Checked {
	if r.Step == onboarding.Finding {
		r.Step, r.Since = onboarding.AwaitEnd, now
	}
	return refuse(why)
}

// resettable are the accounts that somebody may mean who types this: a username comes before an institution. The
// institution of each is open, and the same.
func resettable(ctx context.Context, tx *store.Tx, typed string) ([]store.Account, error) {
	account, err := tx.AccountByUsername(ctx, UsernameKey(typed))
	if err == nil && !account.Closed {
		return []store.Account{account}, nil
	}
	if err != nil && onboarding.KindOf(err) != onboarding.NotFound {
		return nil, err
	}
	code, err := onboarding.ParseInstitutionCode(typed)
	if err != nil {
		return nil, nil // it is no code, and no username either
	}
	accounts, err := tx.AccountsOf(ctx, code)
	if err != nil || len(accounts) == 0 || accounts[0].Closed {
		return nil, err
	}
	return accounts, nil
}

// askRepresentatives names a mail to each representative, within the limits on requests.
func (a *Activities) askRepresentatives(ctx context.Context, tx *store.Tx, r *store.Reset, accounts []store.Account, now time.Time) (Checked, error) {
	var wanted []counter
	for _, account := range accounts {
		wanted = append(wanted, counter{limit: onboarding.ResetsPerAccount, subject: account.ID})
	}
	counts, err := hold(ctx, tx, now, wanted...)
	if err != nil {
		return Checked{}, err
	}
	open, err := tx.OpenResetsOf(ctx, r.Institution, r.ID)
	if err != nil {
		return Checked{}, err
	}
	if !counts.lockedUntil(now).IsZero() || open >= onboarding.ResetsPerInstitution {
		return idle(r, onboarding.TooManyRequests, now), nil
	}
	if err := counts.add(ctx, tx, now); err != nil {
		return Checked{}, err
	}
	mails, err := a.nameResetLinks(ctx, tx, r, onboarding.ResetMail, now)
	if err != nil {
		return Checked{}, err
	}
	found := Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}, Mails: mails, Institutions: proofByAccount(accounts[0]).institutions()}
	r.Step, r.Since = onboarding.MailingLink, now
	if len(mails) == 0 {
		r.Step, found.Verdict.Outcome = onboarding.AwaitHelpdesk, onboarding.NoRepresentative
	}
	return found, nil
}
