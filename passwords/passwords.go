// Package passwords owns how a password is kept: hashed with argon2id, and, where it comes from an older system,
// as argon2id around the digest that system left behind. It keeps the hashing of the whole process to two at once.
//
// It also says which new passwords will do. It stores nothing and counts no tries. A password of an older system is
// compared byte for byte as typed, as that system did; one of ours in NFKC.
package passwords

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Params is the cost of one hashing. A stored string carries its own, so that a check costs what the hashing cost.
type Params struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// Standard is the low-memory profile of RFC 9106 with one lane: about 150 ms of one core.
var Standard = Params{Memory: 64 * 1024, Passes: 3, Lanes: 1}

const (
	saltSize = 16 // bytes
	keySize  = 32 // bytes
)

// slots bounds the hashings at work: each holds Standard.Memory and one core.
var slots = make(chan struct{}, 2)

// Hash returns the stored string for a new password, at Standard cost.
func Hash(ctx context.Context, password string) (string, error) {
	return Standard.Hash(ctx, password)
}

// Hash is as the function of that name, at another cost.
func (p Params) Hash(ctx context.Context, password string) (string, error) {
	return p.store(ctx, "", []byte(normal(password)))
}

// Verify tells whether password is the one that stored was made from, natively or by way of an old digest.
// It waits for a slot and fails when ctx ends first; a malformed stored string is an error and costs no hashing.
func Verify(ctx context.Context, stored, password string) (bool, error) {
	s, err := parseStored(stored)
	if err != nil {
		return false, fmt.Errorf("read stored password: %w", err)
	}
	secret := []byte(normal(password))
	if s.inner != "" {
		secret = s.digester.sum(password)
	}
	return s.matches(ctx, secret)
}

// dummy belongs to no password: nobody knows what its random key would be the hash of.
var dummy = stored{params: Standard, salt: random(saltSize), key: random(keySize)}.String()

// Dummy returns a stored string that no password matches, to verify against where there is no account: the answer
// then takes the same work.
func Dummy() string { return dummy }

func (p Params) store(ctx context.Context, inner string, secret []byte) (string, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	salt := random(saltSize)
	key, err := p.derive(ctx, secret, salt, keySize)
	if err != nil {
		return "", err
	}
	return stored{inner: inner, params: p, salt: salt, key: key}.String(), nil
}

func (s stored) matches(ctx context.Context, secret []byte) (bool, error) {
	key, err := s.params.derive(ctx, secret, s.salt, uint32(len(s.key)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, s.key) == 1, nil
}

func (p Params) derive(ctx context.Context, secret, salt []byte, size uint32) ([]byte, error) {
	if err := ctx.Err(); err != nil { // a select with both ready would choose at random
		return nil, fmt.Errorf("hash password: %w", err)
	}
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a hashing slot: %w", ctx.Err())
	}
	defer func() { <-slots }()
	return argon2.IDKey(secret, salt, p.Passes, p.Memory, p.Lanes, size), nil
}

func random(size int) []byte {
	b := make([]byte, size)
	rand.Read(b) // never fails: crypto/rand ends the process instead
	return b
}
