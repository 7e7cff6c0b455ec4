package keys

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// Digits derives a code of n decimal digits (1 to 9) from the parts with the key of that id. Every code is equally
// likely: values of the HMAC in the incomplete last round of 10^n are drawn again.
func (r Ring) Digits(keyID string, n int, parts ...string) (string, error) {
	key, err := r.find(keyID)
	if err != nil {
		return "", err
	}
	return DigitsOf(key, n, parts...), nil
}

// DigitsOf is Ring.Digits with a key that is kept elsewhere.
func DigitsOf(key []byte, n int, parts ...string) string {
	codes := uint32(1)
	for range n {
		codes *= 10
	}
	fair := (1 << 32) / uint64(codes) * uint64(codes)
	for round := 0; ; round++ {
		value := binary.BigEndian.Uint32(sum(key, append([]string{strconv.Itoa(round)}, parts...)))
		if uint64(value) < fair {
			return fmt.Sprintf("%0*d", n, value%codes)
		}
	}
}
