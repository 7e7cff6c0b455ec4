// Package keys owns the server's secret keys and what is done with them: look-up hashes, mailed digits, data
// sealed at rest, and data sealed by one process for another.
//
// It does not decide what is hashed or sealed, stores nothing, and imports the standard library only.
package keys

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Size is the length of every symmetric key, in bytes.
const Size = 32

// Lookup is the key behind identity hashes and workflow ids. It is never rotated: a new one would make every
// returning user a stranger.
type Lookup struct{ key []byte }

// UnmarshalText reads base64 of Size bytes.
func (l *Lookup) UnmarshalText(text []byte) (err error) {
	l.key, err = decode(string(text))
	return err
}

// Hash is HMAC-SHA-256 over the parts, cut to 16 bytes, in hexadecimal. Parts cannot run into each other.
func (l Lookup) Hash(parts ...string) string {
	return hex.EncodeToString(sum(l.key, parts)[:16])
}

// Ring is a list of symmetric keys with ids, the active one first. Older ones still open and derive.
type Ring struct{ keys []ringKey }

type ringKey struct {
	id  string
	key []byte
}

// UnmarshalText reads "id:base64,id:base64".
func (r *Ring) UnmarshalText(text []byte) error {
	var ring Ring
	for _, item := range strings.Split(string(text), ",") {
		id, encoded, err := cutID(item)
		if err != nil {
			return err
		}
		key, err := decode(encoded)
		if err != nil {
			return fmt.Errorf("key %s %w", id, err)
		}
		if slices.Contains(ring.IDs(), id) {
			return fmt.Errorf("key %s is given twice", id)
		}
		ring.keys = append(ring.keys, ringKey{id, key})
	}
	*r = ring
	return nil
}

// IDs names the keys, the active one first.
func (r Ring) IDs() (ids []string) {
	for _, k := range r.keys {
		ids = append(ids, k.id)
	}
	return ids
}

// ActiveID names the key that new work uses.
func (r Ring) ActiveID() string {
	if len(r.keys) == 0 {
		return ""
	}
	return r.keys[0].id
}

func (r Ring) find(id string) ([]byte, error) {
	for _, k := range r.keys {
		if k.id == id {
			return k.key, nil
		}
	}
	return nil, fmt.Errorf("key %q is not in the ring", id)
}

// idPattern is short, so that a key in the place of an id is not taken for one, and told.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

func cutID(item string) (id, encoded string, err error) {
	id, encoded, found := strings.Cut(strings.TrimSpace(item), ":")
	if !found || !idPattern.MatchString(id) {
		return "", "", errors.New("is not id:base64, where the id is up to 32 letters, digits and -._")
	}
	return id, encoded, nil
}

// Generate returns a fresh symmetric key in base64, as the settings want it.
func Generate() string {
	key := make([]byte, Size)
	rand.Read(key)
	return base64.StdEncoding.EncodeToString(key)
}

func decode(encoded string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil || len(key) != Size {
		return nil, fmt.Errorf("is not base64 of %d bytes", Size)
	}
	return key, nil
}

// sum is HMAC-SHA-256 over the parts, each behind its length, so that ("ab","c") and ("a","bc") differ.
func sum(key []byte, parts []string) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range parts {
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		mac.Write([]byte(part))
	}
	return mac.Sum(nil)
}
