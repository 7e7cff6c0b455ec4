package activities

import (
	"context"
	"strings"

	"koppel/onboarding"
	"koppel/store"
)

// way is how a right credential can lead to a link.
type way int

const (
	fresh   way = iota // to a new person: nobody holds the credential, and the login is of the board
	joins              // to the person who holds it: it was given out anew, the login is of the board, and the address is theirs
	besides            // to a new person beside them, once a representative or the helpdesk has approved
)

// wayOf decides by who holds the credential and by the address that was typed, or confirmed. A person who was unlinked
// and has no identity left holds nothing, but can be joined. Only a new credential joins: so a colleague with an old
// password that is shared inherits nobody.
func wayOf(p proof, holder store.Holder, identity store.Identity, email onboarding.Email) way {
	theirs := holder.Person != "" && strings.EqualFold(string(holder.Email), string(email))
	switch {
	case !p.ownBoard(identity):
		return besides
	case theirs && p.New:
		return joins
	case !holder.Present:
		return fresh
	}
	return besides
}

// holder is who holds what was proved: the person of the account, or of a code whoever got in by an account or code of
// its institution; of several the one with that address.
func holder(ctx context.Context, tx *store.Tx, p proof, email onboarding.Email) (store.Holder, error) {
	if p.Account != "" && p.Person == "" {
		return store.Holder{}, nil
	}
	if p.Account != "" {
		return tx.HolderByPerson(ctx, p.Person)
	}
	return tx.HolderByInstitution(ctx, p.Institution, email)
}

// admitted tells whether a link may be made now, and whom it joins: nobody, or a person. It asks again what was asked at
// the proof, with the address that has been confirmed since.
func admitted(ctx context.Context, tx *store.Tx, l store.Linking, p proof, identity store.Identity, email onboarding.Email) (may bool, held store.Holder, how way, err error) {
	if held, err = holder(ctx, tx, p, email); err != nil {
		return false, held, besides, err
	}
	how = wayOf(p, held, identity, email)
	if how != besides {
		return true, held, how, nil
	}
	answer, err := tx.DecisionOn(ctx, l.ID, p.subject())
	return answer == onboarding.Approved, held, how, err
}
