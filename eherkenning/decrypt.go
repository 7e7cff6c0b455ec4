package eherkenning

import (
	"crypto/sha1" // a common way to name a certificate; no security rests on it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/beevik/etree"
	"github.com/crewjam/saml/xmlenc"

	"koppel/onboarding"
)

// The only algorithms that are opened. RSA 1.5 and 3DES, which xmlenc knows too, stay closed.
const (
	keyOAEP    = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
	digestSHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
	dataAES256 = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
)

const aesBlock = 16 // bytes

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

// decrypt opens one EncryptedID. Everything that goes wrong with the ciphertext gives the same reason.
func (sp *ServiceProvider) decrypt(encryptedID *etree.Element) ([]byte, error) {
	data := only(encryptedID, nsEncryption, "EncryptedData")
	if data == nil {
		return nil, refuse(DecryptionFailed, errors.New("not one EncryptedData"))
	}
	key := sp.chooseKey(encryptedKeys(encryptedID, data))
	if key == nil {
		return nil, refuse(DecryptionFailed, errors.New("no EncryptedKey for us"))
	}
	if !allowedAlgorithms(key, data) {
		return nil, refuse(UnknownAlgorithm, nil)
	}
	data = withoutKeyInfo(data)
	if !wholeBlocks(data) {
		return nil, refuse(DecryptionFailed, nil)
	}
	secret, err := xmlenc.Decrypt(sp.settings.Key, withoutKeyInfo(key))
	if err != nil {
		return nil, refuse(DecryptionFailed, nil)
	}
	plaintext, err := xmlenc.Decrypt(secret, data)
	if err != nil {
		return nil, refuse(DecryptionFailed, nil)
	}
	return plaintext, nil
}

// encryptedKeys lists the keys beside the data and those nested in it.
func encryptedKeys(encryptedID, data *etree.Element) []*etree.Element {
	keys := children(encryptedID, nsEncryption, "EncryptedKey")
	for _, keyInfo := range children(data, nsSignature, "KeyInfo") {
		keys = append(keys, children(keyInfo, nsEncryption, "EncryptedKey")...)
	}
	return keys
}

// chooseKey takes the key that names us as its Recipient, else the one with the name of our certificate, else an
// only key that names nobody.
func (sp *ServiceProvider) chooseKey(keys []*etree.Element) *etree.Element {
	for _, key := range keys {
		if key.SelectAttrValue("Recipient", "") == sp.settings.EntityID {
			return key
		}
	}
	for _, key := range keys {
		if sp.isOurName(keyName(key)) {
			return key
		}
	}
	if len(keys) == 1 && keys[0].SelectAttr("Recipient") == nil && keyName(keys[0]) == "" {
		return keys[0]
	}
	return nil
}

func keyName(key *etree.Element) string {
	if name := only(only(key, nsSignature, "KeyInfo"), nsSignature, "KeyName"); name != nil {
		return strings.TrimSpace(name.Text())
	}
	return ""
}

// isOurName knows the fingerprints of our certificate, SHA-1 and SHA-256, with or without colons.
func (sp *ServiceProvider) isOurName(name string) bool {
	short := sha1.Sum(sp.settings.Certificate.Raw)
	long := sha256.Sum256(sp.settings.Certificate.Raw)
	name = strings.ToLower(strings.ReplaceAll(name, ":", ""))
	return name == hex.EncodeToString(short[:]) || name == hex.EncodeToString(long[:])
}

func allowedAlgorithms(key, data *etree.Element) bool {
	method := only(key, nsEncryption, "EncryptionMethod")
	if method == nil || method.SelectAttrValue("Algorithm", "") != keyOAEP {
		return false
	}
	if digests := method.SelectElements("DigestMethod"); len(digests) > 1 ||
		len(digests) == 1 && digests[0].SelectAttrValue("Algorithm", "") != digestSHA1 {
		return false
	}
	return algorithm(data, nsEncryption, "EncryptionMethod") == dataAES256 &&
		len(data.SelectElements("EncryptionMethod")) == 1 && len(key.SelectElements("EncryptionMethod")) == 1
}

// withoutKeyInfo copies an element so that xmlenc sees the ciphertext only and follows no key of its own choice.
func withoutKeyInfo(element *etree.Element) *etree.Element {
	bare := element.Copy()
	for _, keyInfo := range bare.SelectElements("KeyInfo") {
		bare.RemoveChild(keyInfo)
	}
	return bare
}

// wholeBlocks guards xmlenc, which panics on a CBC ciphertext that is no multiple of the block: one for the
// initialisation vector and at least one of text.
func wholeBlocks(data *etree.Element) bool {
	value := data.FindElement("./CipherData/CipherValue")
	if value == nil {
		return false
	}
	ciphertext, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value.Text()))
	return err == nil && len(ciphertext) >= 2*aesBlock && len(ciphertext)%aesBlock == 0
}
