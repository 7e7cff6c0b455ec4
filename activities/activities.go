// Package activities does what the workflows decide: checks what a person submitted, sends the mails and makes the
// link. Each activity may run twice and has one effect; each writes the rows of its case in one transaction.
//
// The order of steps belongs to workflows, the statements to store, the words to mail.
package activities

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"koppel/keys"
	"koppel/mail"
	"koppel/onboarding"
	"koppel/store"
)

// Task queues. Checks have a queue with few slots, so that hashing cannot take the machine; mails have one, so that
// a mail server that hangs cannot take the slots of the rest.
const (
	MainQueue  = "koppel"
	CheckQueue = "koppel-check"
	MailQueue  = "koppel-mail"
)

// Activities are the dependencies of all activities.
type Activities struct {
	Store     *store.Store
	Sender    *mail.Sender
	Letters   mail.Letters
	PublicURL string        // how browsers reach the website; links in mails begin with it
	Lookup    keys.Lookup   // subjects of counters
	PINs      keys.Ring     // derives PINs, and the tokens of links in mails
	Records   keys.Ring     // opens and seals addresses at rest
	Receiver  keys.Receiver // opens hand-overs
	Now       func() time.Time
	Log       *slog.Logger
}

// UsernameKey is how usernames are compared: people add blanks and capitals.
func UsernameKey(username string) string { return strings.ToLower(strings.TrimSpace(username)) }

// address opens the address of a PIN.
func (a *Activities) address(caseID string, generation int, sealed []byte) (onboarding.Email, error) {
	opened, err := a.Records.Open(store.PinAddress(caseID, generation), sealed)
	return onboarding.Email(opened), err
}

// event starts an audit event of a case.
func event(name onboarding.Event, c store.Case, now time.Time, detail map[string]any) store.Event {
	return store.Event{At: now, Name: name, Case: c.ID, Identity: c.Identity, Detail: detail}
}

// transact runs do in one transaction at one moment.
func (a *Activities) transact(ctx context.Context, do func(tx *store.Tx, now time.Time) error) error {
	now := a.Now()
	return a.Store.Transact(ctx, func(tx *store.Tx) error { return do(tx, now) })
}
