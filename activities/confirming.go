package activities

import (
	"cmp"
	"context"

	"koppel/mail"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// confirming is a case that has an address confirmed by a PIN, and what the address is for: the account, or the
// activation code, that is being linked, or the person who changes it. A PIN for one does not fit another.
type confirming struct {
	*store.Case
	subject string
	word    func(messages.Language, onboarding.PIN, mail.PINTimes) mail.Message
	save    func(context.Context, *store.Tx) error
}

// lockConfirming holds the row of a case of whatever kind that confirms an address.
func (a *Activities) lockConfirming(ctx context.Context, tx *store.Tx, caseID string) (confirming, error) {
	l, err := tx.LockLinking(ctx, caseID)
	if err == nil {
		return a.confirmingLink(&l), nil
	}
	if onboarding.KindOf(err) != onboarding.NotFound {
		return confirming{}, err
	}
	change, err := tx.LockEmailChange(ctx, caseID)
	return a.confirmingChange(&change), err
}

// confirmingLink is a linking that has its address confirmed.
func (a *Activities) confirmingLink(l *store.Linking) confirming {
	return confirming{&l.Case, cmp.Or(l.Account, l.Code), a.Letters.PIN,
		func(ctx context.Context, tx *store.Tx) error { return tx.SaveLinking(ctx, *l) }}
}

// confirmingChange is a change of address. It is for the person, whatever identity asks for it.
func (a *Activities) confirmingChange(change *store.EmailChange) confirming {
	return confirming{&change.Case, change.Person, a.Letters.ChangePIN,
		func(ctx context.Context, tx *store.Tx) error { return tx.SaveEmailChange(ctx, *change) }}
}
