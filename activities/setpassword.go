package activities

import (
	"context"
	"slices"
	"strings"
	"time"

	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
)

// passwordForm is what web seals for SetPassword.
type passwordForm struct {
	Token    string `json:"token"`
	Account  string `json:"account"` // id; empty where there is no choice
	Password string `json:"password"`
}

// SetPassword judges a link and the password that was chosen behind it, and gives the account that password in the same
// transaction: the link works once, and nothing of the password is kept in between. Accepted: mails to both sides are
// due.
func (a *Activities) SetPassword(ctx context.Context, in Check) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		var form passwordForm
		typedAt, found, err := a.open(ctx, tx, in, now, &form)
		if err != nil || !found {
			return refuse(onboarding.AskAgain), err
		}
		r, err := tx.LockReset(ctx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		account, err := accountBehind(ctx, tx, r, form, typedAt)
		if err != nil || account.ID == "" {
			return refuse(onboarding.DeadLink), err
		}
		password, err := passwords.ParseNew(form.Password)
		if err != nil {
			return refuse(onboarding.AskAgain), nil // web tells why, before it gets here
		}
		if passwords.Known(password, contextOf(account)...) {
			return refuse(onboarding.KnownPassword), nil
		}
		return a.setPassword(ctx, tx, r, account, password, now)
	})
}

// accountBehind is the account that a link opens; without an id when it opens none.
func accountBehind(ctx context.Context, tx *store.Tx, r store.Reset, form passwordForm, typedAt time.Time) (store.Account, error) {
	link, err := tx.ResetLink(ctx, r.ID, linkOf(form.Token))
	dead := onboarding.KindOf(err) == onboarding.NotFound
	if err != nil && !dead || dead || link.Dead(r.Generation, typedAt) || !awaitsPassword(r.Step) {
		return store.Account{}, ignore(err, onboarding.NotFound)
	}
	chosen := r.Account
	if chosen == "" {
		accounts, err := tx.AccountsOf(ctx, r.Institution)
		if err != nil || !slices.ContainsFunc(accounts, func(a store.Account) bool { return a.ID == form.Account }) {
			return store.Account{}, err
		}
		chosen = form.Account
	}
	account, err := tx.LockAccount(ctx, chosen)
	if err != nil || account.Closed || overtaken(account, r) {
		return store.Account{}, err
	}
	return account, nil
}

// ignore is err unless it is of that kind.
func ignore(err error, kind onboarding.Kind) error {
	if onboarding.KindOf(err) == kind {
		return nil
	}
	return err
}

// contextOf are the names that a password for an account must not lean on.
func contextOf(account store.Account) []string {
	return []string{account.Name, string(account.Institution), account.Username, "helpdesk", "MijnHelpdeskPO", "duo", "bron", "eHerkenning"}
}

func (a *Activities) setPassword(ctx context.Context, tx *store.Tx, r store.Reset, account store.Account, password string, now time.Time) (Checked, error) {
	hash, err := passwords.Hash(ctx, password)
	if err != nil {
		return Checked{}, err
	}
	if err := tx.SetPassword(ctx, account.ID, hash, now); err != nil {
		return Checked{}, err
	}
	mails, err := a.namePasswordNotices(ctx, tx, r, account, now)
	if err != nil {
		return Checked{}, err
	}
	r.Account, r.Step, r.Since = account.ID, onboarding.Notifying, now
	if err := tx.SaveReset(ctx, r); err != nil {
		return Checked{}, err
	}
	return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}, Mails: mails},
		tx.Audit(ctx, event(onboarding.PasswordReset, r.Case, now, map[string]any{"account": account.ID, "institution": account.Institution}))
}

// namePasswordNotices names the mails that tell both sides: the representatives who had a link, and the addresses of
// the account and, where it is linked, of its person.
func (a *Activities) namePasswordNotices(ctx context.Context, tx *store.Tx, r store.Reset, account store.Account, now time.Time) (jobs []MailJob, err error) {
	told := map[string]bool{}
	tell := func(kind onboarding.MailKind, to onboarding.Email) error {
		if told[strings.ToLower(string(to))] {
			return nil
		}
		told[strings.ToLower(string(to))] = true
		job := MailJob{Case: r.ID, Kind: kind, Number: len(told)}
		jobs = append(jobs, job)
		return requestMail(ctx, tx, r.Case, job.named(to, now))
	}
	asked, err := newestLinks(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	for _, m := range asked {
		if err := tell(onboarding.PasswordChangedMail, m.Recipient); err != nil {
			return nil, err
		}
	}
	owners, err := tx.OwnersOf(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	for _, owner := range owners {
		if err := tell(onboarding.OwnPasswordMail, owner); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}
