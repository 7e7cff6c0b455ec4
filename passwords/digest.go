package passwords

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// Scheme names the hash function of an older system.
type Scheme string

const (
	MD5    Scheme = "md5"
	SHA1   Scheme = "sha1"
	SHA256 Scheme = "sha256"
)

var functions = map[Scheme]func() hash.Hash{MD5: md5.New, SHA1: sha1.New, SHA256: sha256.New}

// Digest is what an older system kept of a password. It is as good as the password to a guesser, so it prints as
// nothing but its scheme.
type Digest struct {
	digester digester
	value    []byte
}

func (d Digest) String() string   { return string(d.digester.scheme) + " digest" }
func (d Digest) GoString() string { return d.String() }

// ParseDigest reads an old digest, written in one of three ways:
//
//	md5$<hex>               digest of the password
//	md5$<salt>$<hex>        digest of the salt followed by the password
//	md5-suffix$<salt>$<hex> digest of the password followed by the salt
//
// and the same for sha1 and sha256. The salt is printable ASCII, at most 64 bytes, without "$"; hex in either case.
// The error never holds the digest.
func ParseDigest(notation string) (Digest, error) {
	parts := strings.Split(notation, "$")
	if len(parts) < 2 || len(parts) > 3 {
		return Digest{}, errors.New("want scheme$hex or scheme$salt$hex")
	}
	how := digester{position: prefix}
	name := strings.ToLower(parts[0])
	if bare, found := strings.CutSuffix(name, "-"+string(suffix)); found {
		name, how.position = bare, suffix
	}
	how.scheme = Scheme(name)
	if len(parts) == 3 {
		how.salt = parts[1]
	}
	if err := how.check(); err != nil {
		return Digest{}, err
	}
	value, err := hex.DecodeString(parts[len(parts)-1])
	if want := functions[how.scheme]().Size(); err != nil || len(value) != want {
		return Digest{}, fmt.Errorf("%s: want %d hexadecimal digits", how.scheme, 2*want)
	}
	return Digest{how, value}, nil
}

// Wrap returns the stored string for an old digest, at Standard cost. Verify then takes the password itself.
func Wrap(ctx context.Context, old Digest) (string, error) { return Standard.Wrap(ctx, old) }

// Wrap is as the function of that name, at another cost.
func (p Params) Wrap(ctx context.Context, old Digest) (string, error) {
	return p.store(ctx, old.digester.String(), old.value)
}

// Wraps tells whether stored was made from this very digest. It costs a hashing, as there is no cheaper way that
// would not also serve a guesser; a stored string of another scheme or salt costs none.
func Wraps(ctx context.Context, text string, old Digest) (bool, error) {
	s, err := parseStored(text)
	if err != nil {
		return false, fmt.Errorf("read stored password: %w", err)
	}
	if s.inner != old.digester.String() {
		return false, nil
	}
	return s.matches(ctx, old.value)
}

// digester is how an older system made its digests.
type digester struct {
	scheme   Scheme
	position position
	salt     string
}

type position string

const (
	prefix position = "prefix" // the salt stands before the password
	suffix position = "suffix"
)

// String writes "md5" or "md5,prefix=<base64 of the salt>".
func (d digester) String() string {
	if d.salt == "" {
		return string(d.scheme)
	}
	return fmt.Sprintf("%s,%s=%s", d.scheme, d.position, encoding.EncodeToString([]byte(d.salt)))
}

func parseDigester(text string) (digester, error) {
	name, rest, salted := strings.Cut(text, ",")
	d := digester{scheme: Scheme(name), position: prefix}
	if salted {
		where, encoded, _ := strings.Cut(rest, "=")
		salt, err := encoding.DecodeString(encoded)
		if err != nil || len(salt) == 0 {
			return digester{}, errors.New("salt of the old digest is not base64")
		}
		d.position, d.salt = position(where), string(salt)
	}
	return d, d.check()
}

func (d digester) check() error {
	if functions[d.scheme] == nil {
		return errors.New("scheme is none of md5, sha1, sha256")
	}
	if d.position != prefix && d.position != suffix {
		return errors.New("salt of the old digest stands neither before nor after the password")
	}
	if len(d.salt) > 64 || strings.ContainsFunc(d.salt, func(r rune) bool { return r <= ' ' || r > '~' || r == '$' }) {
		return errors.New("salt of the old digest: want at most 64 printable ASCII characters")
	}
	return nil
}

func (d digester) sum(password string) []byte {
	h := functions[d.scheme]()
	if d.position == suffix {
		h.Write([]byte(password + d.salt))
	} else {
		h.Write([]byte(d.salt + password))
	}
	return h.Sum(nil)
}
