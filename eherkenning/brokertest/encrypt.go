package brokertest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" // #nosec G505 -- the digest that the scheme uses inside OAEP
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/beevik/etree"
	"github.com/crewjam/saml/xmlenc"
)

const (
	methodOAEP       = nsEncrypt + "rsa-oaep-mgf1p"
	methodSHA1       = nsSignature + "sha1"
	typeElement      = nsEncrypt + "Element"
	typeEncryptedKey = nsEncrypt + "EncryptedKey"
)

// encryptIdentifier makes an EncryptedID: EncryptedData (AES-256-CBC) and, beside it, one EncryptedKey
// (RSA-OAEP-MGF1P with SHA-1) for each recipient.
func encryptIdentifier(identifier Identifier, recipients []Recipient) (*etree.Element, error) {
	plain, err := identifier.nameID()
	if err != nil {
		return nil, err
	}
	secret := randomBytes(xmlenc.AES256CBC.KeySize())
	data, err := xmlenc.AES256CBC.Encrypt(secret, plain, nil)
	if err != nil {
		return nil, fmt.Errorf("encrypt identifier: %w", err)
	}
	data.CreateAttr("Type", typeElement)
	keyInfo := etree.NewElement("ds:KeyInfo")
	keyInfo.CreateAttr("xmlns:ds", nsSignature)
	data.InsertChildAt(1, keyInfo) // the schema wants it between EncryptionMethod and CipherData

	encrypted := etree.NewElement("saml:EncryptedID")
	encrypted.AddChild(data)
	for _, recipient := range recipients {
		key, err := recipient.encryptKey(secret, data.SelectAttrValue("Id", ""))
		if err != nil {
			return nil, err
		}
		retrieval := keyInfo.CreateElement("ds:RetrievalMethod")
		retrieval.CreateAttr("Type", typeEncryptedKey)
		retrieval.CreateAttr("URI", "#"+key.SelectAttrValue("Id", ""))
		encrypted.AddChild(key)
	}
	return encrypted, nil
}

func (i Identifier) nameID() ([]byte, error) {
	nameID := etree.NewElement("saml:NameID")
	nameID.CreateAttr("xmlns:saml", nsAssertion)
	nameID.CreateAttr("Format", formatPersistent)
	setAttr(nameID, "NameQualifier", i.Qualifier)
	nameID.SetText(i.Value)
	return serialise(nameID)
}

func (r Recipient) encryptKey(secret []byte, dataID string) (*etree.Element, error) {
	public, isRSA := r.Certificate.PublicKey.(*rsa.PublicKey)
	if !isRSA {
		return nil, errors.New("encrypt key: recipient without an RSA certificate")
	}
	cipher, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, public, secret, nil) // #nosec G401 -- see the import
	if err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	key := etree.NewElement("xenc:EncryptedKey")
	key.CreateAttr("xmlns:xenc", nsEncrypt)
	key.CreateAttr("xmlns:ds", nsSignature)
	key.CreateAttr("Id", newID())
	setAttr(key, "Recipient", r.EntityID)
	method := key.CreateElement("xenc:EncryptionMethod")
	method.CreateAttr("Algorithm", methodOAEP)
	method.CreateElement("ds:DigestMethod").CreateAttr("Algorithm", methodSHA1)
	if r.KeyName != "" {
		addText(key.CreateElement("ds:KeyInfo"), "ds:KeyName", r.KeyName)
	}
	text := base64.StdEncoding.EncodeToString(cipher)
	addText(key.CreateElement("xenc:CipherData"), "xenc:CipherValue", text)
	key.CreateElement("xenc:ReferenceList").CreateElement("xenc:DataReference").CreateAttr("URI", "#"+dataID)
	return key, nil
}
