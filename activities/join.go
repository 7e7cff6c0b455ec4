package activities

import (
	"context"
	"time"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// Joining is an identity that logged in from the session of a person. Case is a random id, of the mail about it.
type Joining struct {
	Case     string
	Identity string
	Person   string
}

// JoinIdentity gives the person the identity, if it is nobody's, ends its open linking, and names the mail that says so.
func (a *Activities) JoinIdentity(ctx context.Context, in Joining) (Completed, error) {
	done := Completed{Outcome: onboarding.Accepted}
	err := a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		owner, joined, err := tx.JoinIdentity(ctx, in.Identity, in.Person, now)
		if err != nil {
			return err
		}
		if owner != in.Person {
			done.Outcome = onboarding.Taken
			return nil
		}
		if !joined { // done before
			return nil
		}
		if _, err := void(ctx, tx, in.Identity, now, tx.VoidLinkings); err != nil {
			return err
		}
		if err := tx.RequestMail(ctx, in.Case, store.Mail{Kind: onboarding.JoinedMail, Number: 1, RequestedAt: now}); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Event{At: now, Name: onboarding.IdentityJoined, Case: in.Case, Identity: in.Identity,
			Detail: map[string]any{"person": in.Person}})
	})
	return done, err
}

// SendJoinedNotice tells the person that another eHerkenning can log in to the account. Where another run has named the
// mail, that one sends it.
func (a *Activities) SendJoinedNotice(ctx context.Context, in Joining) (Sent, error) {
	job := MailJob{Case: in.Case, Kind: onboarding.JoinedMail, Number: 1}
	sent, err := a.deliver(ctx, job, func(ctx context.Context, tx *store.Tx, now time.Time) (*composed, error) {
		person, err := tx.Person(ctx, in.Person)
		if err != nil {
			return nil, err
		}
		identity, err := tx.Identity(ctx, in.Identity)
		if err != nil {
			return nil, err
		}
		message := a.Letters.Joined(messages.ParseLanguage(person.Language), now, identity.Organisation)
		message.To = person.Email
		return &composed{message: message}, nil
	})
	if onboarding.KindOf(err) == onboarding.NotFound {
		return Sent{State: onboarding.MailSuperseded}, nil
	}
	return sent, err
}
