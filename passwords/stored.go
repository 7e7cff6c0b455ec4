package passwords

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// stored is the string that is kept: the PHC form of argon2id, with in front of its first "$" how the old digest
// inside was made (empty for a password of our own):
//
//	$argon2id$v=19$m=65536,t=3,p=1$<salt>$<key>
//	sha1,prefix=<salt of the old digest>$argon2id$v=19$m=65536,t=3,p=1$<salt>$<key>
//
// Salts and key are base64 without padding.
type stored struct {
	inner    string
	digester digester // made from inner
	params   Params
	salt     []byte
	key      []byte
}

var encoding = base64.RawStdEncoding.Strict()

func (s stored) String() string {
	return fmt.Sprintf("%s$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", s.inner, argon2.Version,
		s.params.Memory, s.params.Passes, s.params.Lanes, encoding.EncodeToString(s.salt), encoding.EncodeToString(s.key))
}

// parseStored never tells what it read: the string is a secret.
func parseStored(text string) (s stored, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return s, errors.New("not an argon2id string")
	}
	if parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return s, errors.New("another version of argon2")
	}
	s.inner = parts[0]
	if s.inner != "" {
		if s.digester, err = parseDigester(s.inner); err != nil {
			return s, err
		}
	}
	if s.params, err = parseParams(parts[3]); err != nil {
		return s, err
	}
	if s.salt, err = parseBytes("salt", parts[4], 8, 64); err != nil {
		return s, err
	}
	s.key, err = parseBytes("key", parts[5], 16, 64)
	return s, err
}

func parseParams(text string) (p Params, err error) {
	var numbers [3]uint64
	fields := strings.Split(text, ",")
	if len(fields) != len(numbers) {
		return p, errors.New("cost: want m, t and p")
	}
	for i, name := range []string{"m=", "t=", "p="} {
		digits, found := strings.CutPrefix(fields[i], name)
		if numbers[i], err = strconv.ParseUint(digits, 10, 24); err != nil || !found {
			return p, errors.New("cost: want m, t and p as numbers")
		}
	}
	if numbers[2] > 255 {
		return p, errors.New("cost: too many lanes")
	}
	p = Params{Memory: uint32(numbers[0]), Passes: uint32(numbers[1]), Lanes: uint8(numbers[2])}
	return p, p.check()
}

// check keeps a damaged string from asking for gigabytes or minutes, and from what makes argon2 panic.
func (p Params) check() error {
	switch {
	case p.Lanes < 1 || p.Lanes > 4:
		return errors.New("cost: want 1 to 4 lanes")
	case p.Passes < 1 || p.Passes > 10:
		return errors.New("cost: want 1 to 10 passes")
	case p.Memory < 8*uint32(p.Lanes) || p.Memory > 256*1024:
		return errors.New("cost: want 8 KiB per lane to 256 MiB of memory")
	}
	return nil
}

func parseBytes(name, text string, least, most int) ([]byte, error) {
	b, err := encoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%s is not base64", name)
	}
	if len(b) < least || len(b) > most {
		return nil, fmt.Errorf("%s: want %d to %d bytes, have %d", name, least, most, len(b))
	}
	return b, nil
}
