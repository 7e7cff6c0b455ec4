package activities

import (
	"cmp"
	"context"
	"time"

	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
)

// verify compares the password. An unknown username is counted and answered like a known one, and wrong, unknown and
// locked cost one hash and the same statements, so that nobody learns which usernames exist. The counts are held
// before the compare and committed with the answer: parallel tries queue up.
func (a *Activities) verify(ctx context.Context, tx *store.Tx, c *store.Case, identity store.Identity, form credentialsForm, now time.Time) (store.Account, onboarding.Verdict, error) {
	username := UsernameKey(form.Username)
	tries, err := a.holdTries(ctx, tx, identity, username, now)
	if err != nil {
		return store.Account{}, onboarding.Verdict{}, err
	}
	account, err := tx.AccountByUsername(ctx, username)
	if err != nil && onboarding.KindOf(err) != onboarding.NotFound {
		return store.Account{}, onboarding.Verdict{}, err
	}
	right, err := passwords.Verify(ctx, cmp.Or(account.PasswordHash, passwords.Dummy()), form.Password)
	if err != nil {
		return store.Account{}, onboarding.Verdict{}, err
	}
	refusal := tries.refusal(proofByAccount(account).ownBoard(identity), now)
	switch {
	case refusal.Outcome != "":
		c.LockedUntil = refusal.Until
		err = tries.save(ctx, tx)
		if err == nil {
			err = tx.Audit(ctx, event(refusals[refusal.Outcome], *c, now, nil))
		}
		return store.Account{}, refusal, err
	case right && account.PasswordHash != "":
		return account, onboarding.Verdict{}, tries.forgetUsername(ctx, tx)
	}
	verdict, err := countWrong(ctx, tx, c, tries.counters, tries.own(), onboarding.WrongCredentials, onboarding.ProofWrong, now)
	return store.Account{}, verdict, err
}

// tries are the counts that a username and password are judged by, in the order of the constants below.
type tries struct{ counters }

const (
	byPair         = iota // identity and username
	byIdentity            // whatever the username
	byOrganisation        // username, tried by anybody of the organisation
	byUsername            // tried by anybody
)

func (a *Activities) holdTries(ctx context.Context, tx *store.Tx, identity store.Identity, username string, now time.Time) (tries, error) {
	held, err := hold(ctx, tx, now,
		counter{limit: onboarding.CredentialTries, subject: store.PartOf(identity.Hash, a.Lookup.Hash("credentials", identity.Hash, username))},
		counter{limit: onboarding.CredentialIdentityTries, subject: identity.Hash},
		counter{limit: onboarding.OrganisationTries, subject: a.Lookup.Hash("organisation", string(identity.Organisation), username)},
		counter{limit: onboarding.UsernameTries, subject: a.Lookup.Hash("username", username)})
	return tries{held}, err
}

// own are the counts of the identity itself. Only these lock, and only these tell how many tries are left.
func (t tries) own() counters { return t.counters[:byOrganisation] }

// refusal is why a try does not count whatever the password, or nothing. A stranger cannot lock an account: others of
// the organisation can make one wait, and whoever has waited as long as was said gets a try, whatever happened
// meanwhile; what other organisations try closes the door to other organisations only.
func (t tries) refusal(ownBoard bool, now time.Time) onboarding.Verdict {
	pair, organisation, username := &t.counters[byPair].attempts, t.counters[byOrganisation], t.counters[byUsername]
	if until := t.own().lockedUntil(now); !until.IsZero() {
		return onboarding.Verdict{Outcome: onboarding.Locked, Until: until}
	}
	if !ownBoard && username.limit.Reached(username.attempts) {
		return onboarding.Verdict{Outcome: onboarding.Closed}
	}
	if organisation.attempts.LockedAt(now) && !pair.Waited(now) {
		pair.LockedUntil = organisation.attempts.LockedUntil
		return onboarding.Verdict{Outcome: onboarding.Locked, Until: pair.LockedUntil}
	}
	return onboarding.Verdict{}
}

// forgetUsername: the right password clears what was counted for its username. What the identity tried elsewhere stays.
func (t tries) forgetUsername(ctx context.Context, tx *store.Tx) error {
	return append(counters{t.counters[byPair]}, t.counters[byOrganisation:]...).forget(ctx, tx)
}
