package eherkenning

import (
	"errors"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"koppel/onboarding"
)

// identifiers decrypts every value of an attribute. A value that is not one EncryptedID is refused, never skipped.
func (v *verification) identifiers(attribute string) ([]onboarding.Subject, error) {
	var subjects []onboarding.Subject
	for _, value := range v.attributes[attribute] {
		encryptedID := only(value, nsAssertion, "EncryptedID")
		if encryptedID == nil {
			return nil, refuse(DecryptionFailed, errors.New(attribute+": not one EncryptedID"))
		}
		plaintext, err := v.sp.decrypt(encryptedID)
		if err != nil {
			return nil, err
		}
		subject, err := readNameID(plaintext, prefixesAt(encryptedID))
		if err != nil {
			return nil, refuse(DecryptionFailed, err)
		}
		subjects = append(subjects, subject)
	}
	return subjects, nil
}

// decrypt opens an EncryptedID or an EncryptedAssertion. Everything that goes wrong with the ciphertext gives the
// same reason.
func (sp *ServiceProvider) decrypt(sealed *etree.Element) ([]byte, error) {
	data := only(sealed, nsEncryption, "EncryptedData")
	if data == nil {
		return nil, refuse(DecryptionFailed, errors.New("not one EncryptedData"))
	}
	keys := sp.keysForUs(encryptedKeys(sealed, data))
	if len(keys) == 0 {
		return nil, refuse(DecryptionFailed, errors.New("no EncryptedKey for us"))
	}
	opener, known := dataCiphers[algorithm(data, nsEncryption, "EncryptionMethod")]
	if !known || slices.ContainsFunc(keys, func(key *etree.Element) bool { return transport(key) == nil }) {
		return nil, refuse(UnknownAlgorithm, nil)
	}
	ciphertext, err := cipherValue(data)
	if err != nil {
		return nil, refuse(DecryptionFailed, nil)
	}
	for _, secret := range sp.secrets(keys) {
		if plaintext, err := opener.open(secret, ciphertext); err == nil {
			return plaintext, nil
		}
	}
	return nil, refuse(DecryptionFailed, nil)
}

// secrets unwraps the keys with each of our private keys: while we change ours, messages for either arrive.
func (sp *ServiceProvider) secrets(keys []*etree.Element) (secrets [][]byte) {
	for _, key := range keys {
		wrapped, err := cipherValue(key)
		if err != nil {
			continue
		}
		for _, own := range sp.settings.Decryption {
			if secret, err := own.Private.Decrypt(nil, wrapped, transport(key)); err == nil {
				secrets = append(secrets, secret)
			}
		}
	}
	return secrets
}

// encryptedKeys lists the keys beside the data and those nested in it.
func encryptedKeys(sealed, data *etree.Element) []*etree.Element {
	keys := children(sealed, nsEncryption, "EncryptedKey")
	for _, keyInfo := range children(data, nsSignature, "KeyInfo") {
		keys = append(keys, children(keyInfo, nsEncryption, "EncryptedKey")...)
	}
	return keys
}

// keysForUs takes the keys that name us as their Recipient, else those with the name of a certificate of ours, else
// an only key that names nobody.
func (sp *ServiceProvider) keysForUs(keys []*etree.Element) []*etree.Element {
	addressed := slices.DeleteFunc(slices.Clone(keys), func(key *etree.Element) bool {
		return key.SelectAttrValue("Recipient", "") != sp.settings.EntityID
	})
	named := slices.DeleteFunc(slices.Clone(keys), func(key *etree.Element) bool { return !sp.isOurName(keyName(key)) })
	switch {
	case len(addressed) > 0:
		return addressed
	case len(named) > 0:
		return named
	case len(keys) == 1 && keys[0].SelectAttr("Recipient") == nil && keyName(keys[0]) == "":
		return keys
	}
	return nil
}

func (sp *ServiceProvider) isOurName(name string) bool {
	return slices.ContainsFunc(sp.settings.Decryption, func(own KeyPair) bool { return own.isNamed(name) })
}

func keyName(key *etree.Element) string {
	if name := only(only(key, nsSignature, "KeyInfo"), nsSignature, "KeyName"); name != nil {
		return strings.TrimSpace(name.Text())
	}
	return ""
}
