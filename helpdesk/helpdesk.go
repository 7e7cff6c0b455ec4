// Package helpdesk owns who acts for the helpdesk and how an act is accounted for: agents and what their role lets
// them do and at which steps of a case, the closed list of reasons, the form of a ticket number, the code by which an agent
// knows who is at a page, and that two agents are needed where one could be talked into something.
//
// Whether an act is possible now is decided by the workflow of its case; what it does, by activities.
package helpdesk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// Agent is somebody whose token has been checked.
type Agent struct {
	ID   string // random
	Name string
	Role Role
}

// Errors of somebody who may not act; their text is for whoever typed the command.
var (
	ErrUnknown = errors.New("the token is of no agent, or of one that was revoked")
	ErrRole    = errors.New("this is not for agents with your role")
	ErrSame    = errors.New("another agent than the one who proposed it must confirm")
)

// NewToken makes a token of 256 bits, which its agent keeps, and what is kept of it.
func NewToken() (token string, hash []byte) {
	random := make([]byte, 32)
	rand.Read(random)
	token = base64.RawURLEncoding.EncodeToString(random)
	return token, hashToken(token)
}

var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// IsToken tells whether s has the form of a token.
func IsToken(s string) bool { return tokenPattern.MatchString(s) }

// hashToken needs no salt and no slow hash: nobody guesses 256 random bits.
func hashToken(token string) []byte {
	hash := sha256.Sum256([]byte(token))
	return hash[:]
}

// Authenticate returns the agent whose token it is. ErrUnknown when there is none; the audit tells of that.
func Authenticate(ctx context.Context, s *store.Store, token string, now time.Time) (Agent, error) {
	found, err := s.AgentByToken(ctx, hashToken(token))
	if onboarding.KindOf(err) == onboarding.NotFound {
		return Agent{}, errors.Join(ErrUnknown, s.Transact(ctx, func(tx *store.Tx) error {
			return tx.Audit(ctx, store.Event{At: now, Name: onboarding.AgentRefused})
		}))
	}
	if err != nil {
		return Agent{}, fmt.Errorf("authenticate agent: %w", err)
	}
	return Agent{found.ID, found.Name, Role(found.Role)}, nil
}

// Add makes an agent and returns the token, which is shown nowhere again.
func Add(ctx context.Context, s *store.Store, name string, role Role, now time.Time) (token string, err error) {
	token, hash := NewToken()
	err = s.Transact(ctx, func(tx *store.Tx) error {
		added, err := tx.AddAgent(ctx, name, string(role), hash, now)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, store.Event{At: now, Name: onboarding.AgentAdded, Detail: map[string]any{"agent": added.ID, "role": role}})
	})
	return token, err
}

// Revoke ends what an agent may do. What the agent proposed can still be confirmed by another.
func Revoke(ctx context.Context, s *store.Store, name string, now time.Time) error {
	return s.Transact(ctx, func(tx *store.Tx) error {
		revoked, err := tx.RevokeAgent(ctx, name, now)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, store.Event{At: now, Name: onboarding.AgentRevoked, Detail: map[string]any{"agent": revoked.ID}})
	})
}
