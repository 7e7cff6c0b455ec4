package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
)

// ErrSealed says that sealed data cannot be opened: it was changed, belongs elsewhere, or its key is gone.
var ErrSealed = errors.New("sealed data cannot be opened")

// Seal encrypts data at rest with AES-256-GCM under the active key. place says where it will stand (table, column,
// row), so that a value moved elsewhere does not open. The result is: length of the id, id, nonce and ciphertext.
func (r Ring) Seal(place string, plaintext []byte) ([]byte, error) {
	id := r.ActiveID()
	aead, err := r.aead(id)
	if err != nil {
		return nil, err
	}
	head := append([]byte{byte(len(id))}, id...)
	return append(head, aead.Seal(nil, nil, plaintext, []byte(place))...), nil
}

// Open is the reverse of Seal. It returns ErrSealed for whatever does not open.
func (r Ring) Open(place string, sealed []byte) ([]byte, error) {
	id, body, ok := splitID(sealed)
	if !ok {
		return nil, ErrSealed
	}
	aead, err := r.aead(id)
	if err != nil {
		return nil, errors.Join(ErrSealed, err)
	}
	plaintext, err := aead.Open(nil, nil, body, []byte(place))
	if err != nil {
		return nil, ErrSealed
	}
	return plaintext, nil
}

func (r Ring) aead(id string) (cipher.AEAD, error) {
	key, err := r.find(id)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func splitID(sealed []byte) (id string, body []byte, ok bool) {
	if len(sealed) == 0 || len(sealed) < 1+int(sealed[0]) {
		return "", nil, false
	}
	end := 1 + int(sealed[0])
	return string(sealed[1:end]), sealed[end:], true
}
