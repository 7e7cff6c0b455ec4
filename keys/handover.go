package keys

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// Handover is the public half: web seals with it and cannot open what it sealed (RFC 9180, DHKEM(X25519),
// HKDF-SHA-256, AES-256-GCM).
type Handover struct {
	id  string
	key hpke.PublicKey
}

// Receiver is the private half, active key first; older keys still open.
type Receiver struct{ keys []receiverKey }

type receiverKey struct {
	id  string
	key hpke.PrivateKey
}

func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

// UnmarshalText reads "id:base64" of a public key.
func (h *Handover) UnmarshalText(text []byte) error {
	id, raw, err := decodePair(string(text))
	if err != nil {
		return err
	}
	key, err := kem().NewPublicKey(raw)
	if err != nil {
		return fmt.Errorf("key %s is no X25519 public key", id)
	}
	h.id, h.key = id, key
	return nil
}

// IDs names the key.
func (h Handover) IDs() []string {
	if h.id == "" {
		return nil
	}
	return []string{h.id}
}

// UnmarshalText reads "id:base64,id:base64" of private keys.
func (r *Receiver) UnmarshalText(text []byte) error {
	var receiver Receiver
	for _, item := range strings.Split(string(text), ",") {
		id, raw, err := decodePair(item)
		if err != nil {
			return err
		}
		key, err := kem().NewPrivateKey(raw)
		if err != nil {
			return fmt.Errorf("key %s is no X25519 private key", id)
		}
		if slices.Contains(receiver.IDs(), id) {
			return fmt.Errorf("key %s is given twice", id)
		}
		receiver.keys = append(receiver.keys, receiverKey{id, key})
	}
	*r = receiver
	return nil
}

// IDs names the keys, the active one first.
func (r Receiver) IDs() (ids []string) {
	for _, k := range r.keys {
		ids = append(ids, k.id)
	}
	return ids
}

// Public is the public half of the active key, as the settings want it.
func (r Receiver) Public() string {
	active := r.keys[0]
	return active.id + ":" + base64.StdEncoding.EncodeToString(active.key.PublicKey().Bytes())
}

// Owns says whether what h seals can be opened.
func (r Receiver) Owns(h Handover) bool {
	sealed, err := h.Seal("", nil)
	if err != nil {
		return false
	}
	_, err = r.Open("", sealed)
	return err == nil
}

// Seal encrypts plaintext for the receiver, bound to place.
func (h Handover) Seal(place string, plaintext []byte) ([]byte, error) {
	body, err := hpke.Seal(h.key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(place), plaintext)
	if err != nil {
		return nil, fmt.Errorf("seal handover: %w", err)
	}
	return append(append([]byte{byte(len(h.id))}, h.id...), body...), nil
}

// Open is the reverse of Handover.Seal. It returns ErrSealed for whatever does not open.
func (r Receiver) Open(place string, sealed []byte) ([]byte, error) {
	id, body, ok := splitID(sealed)
	for _, k := range r.keys {
		if ok && k.id == id {
			plaintext, err := hpke.Open(k.key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(place), body)
			if err != nil {
				return nil, ErrSealed
			}
			return plaintext, nil
		}
	}
	return nil, ErrSealed
}

// GenerateHandover returns a fresh pair as the settings want it: "id:base64" of the private and of the public key.
func GenerateHandover(id string) (private, public string, err error) {
	key, err := kem().GenerateKey()
	if err != nil {
		return "", "", err
	}
	raw, err := key.Bytes()
	if err != nil {
		return "", "", err
	}
	encode := base64.StdEncoding.EncodeToString
	return id + ":" + encode(raw), id + ":" + encode(key.PublicKey().Bytes()), nil
}

func decodePair(item string) (id string, raw []byte, err error) {
	id, encoded, err := cutID(item)
	if err != nil {
		return "", nil, err
	}
	if raw, err = base64.StdEncoding.DecodeString(encoded); err != nil {
		return "", nil, fmt.Errorf("key %s is not base64", id)
	}
	return id, raw, nil
}
