package brokertest

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/beevik/etree"
)

// Ways to encrypt data and to wrap the key of the data.
const (
	DataAES128CBC = nsEncrypt + "aes128-cbc"
	DataAES256CBC = nsEncrypt + "aes256-cbc"
	DataAES128GCM = nsEncrypt11 + "aes128-gcm"
	DataAES256GCM = nsEncrypt11 + "aes256-gcm"
	KeyOAEPMGF1   = nsEncrypt + "rsa-oaep-mgf1p"
	KeyOAEP       = nsEncrypt11 + "rsa-oaep"
	DigestSHA1    = nsSignature + "sha1"
	DigestSHA256  = nsEncrypt + "sha256"
	MaskSHA1      = nsEncrypt11 + "mgf1sha1"
	MaskSHA256    = nsEncrypt11 + "mgf1sha256"
)

// Ciphers say how an answer is encrypted. Empty texts: DataAES256CBC, KeyOAEPMGF1, and their elements left out.
type Ciphers struct {
	Data   string
	Key    string
	Digest string // of OAEP
	Mask   string // of OAEP, with KeyOAEP only
	Nested bool   // EncryptedKeys inside the EncryptedData instead of beside it
}

const (
	typeElement      = nsEncrypt + "Element"
	typeEncryptedKey = nsEncrypt + "EncryptedKey"
)

// seal puts an EncryptedData and an EncryptedKey for each recipient into container.
func (c Ciphers) seal(container *etree.Element, plaintext []byte, recipients []Recipient) error {
	secret := randomBytes(c.keySize())
	ciphertext, err := c.encrypt(secret, plaintext)
	if err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	data := container.CreateElement("xenc:EncryptedData")
	data.CreateAttr("xmlns:xenc", nsEncrypt)
	data.CreateAttr("Id", newID())
	data.CreateAttr("Type", typeElement)
	data.CreateElement("xenc:EncryptionMethod").CreateAttr("Algorithm", orElse(c.Data, DataAES256CBC))
	keyInfo := data.CreateElement("ds:KeyInfo")
	keyInfo.CreateAttr("xmlns:ds", nsSignature)
	addCipherValue(data, ciphertext)
	for _, recipient := range recipients {
		key, err := c.wrap(recipient, secret, data.SelectAttrValue("Id", ""))
		if err != nil {
			return err
		}
		if c.Nested {
			keyInfo.AddChild(key)
			continue
		}
		retrieval := keyInfo.CreateElement("ds:RetrievalMethod")
		retrieval.CreateAttr("Type", typeEncryptedKey)
		retrieval.CreateAttr("URI", "#"+key.SelectAttrValue("Id", ""))
		container.AddChild(key)
	}
	return nil
}

func (c Ciphers) keySize() int {
	if c.Data == DataAES128CBC || c.Data == DataAES128GCM {
		return 16
	}
	return 32
}

func (c Ciphers) encrypt(secret, plaintext []byte) ([]byte, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	if c.Data == DataAES128GCM || c.Data == DataAES256GCM {
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		vector := randomBytes(gcm.NonceSize())
		return gcm.Seal(vector, vector, plaintext, nil), nil
	}
	padding := randomBytes(aes.BlockSize - len(plaintext)%aes.BlockSize) // ISO 10126: the last byte tells how many
	padding[len(padding)-1] = byte(len(padding))
	padded := append(append([]byte{}, plaintext...), padding...)
	vector := randomBytes(aes.BlockSize)
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(padded, padded)
	return append(vector, padded...), nil
}

func (c Ciphers) wrap(r Recipient, secret []byte, dataID string) (*etree.Element, error) {
	public, isRSA := r.Certificate.PublicKey.(*rsa.PublicKey)
	if !isRSA {
		return nil, errors.New("wrap key: recipient without an RSA certificate")
	}
	wrapped, err := rsa.EncryptOAEPWithOptions(rand.Reader, public, secret, c.oaep())
	if err != nil {
		return nil, fmt.Errorf("wrap key: %w", err)
	}
	key := etree.NewElement("xenc:EncryptedKey")
	key.CreateAttr("xmlns:xenc", nsEncrypt)
	key.CreateAttr("xmlns:ds", nsSignature)
	key.CreateAttr("Id", newID())
	setAttr(key, "Recipient", r.EntityID)
	c.addMethod(key)
	if r.KeyName != "" {
		addText(key.CreateElement("ds:KeyInfo"), "ds:KeyName", r.KeyName)
	}
	addCipherValue(key, wrapped)
	key.CreateElement("xenc:ReferenceList").CreateElement("xenc:DataReference").CreateAttr("URI", "#"+dataID)
	return key, nil
}

func (c Ciphers) addMethod(key *etree.Element) {
	method := key.CreateElement("xenc:EncryptionMethod")
	method.CreateAttr("Algorithm", orElse(c.Key, KeyOAEPMGF1))
	if c.Digest != "" {
		method.CreateElement("ds:DigestMethod").CreateAttr("Algorithm", c.Digest)
	}
	if c.Mask != "" {
		mask := method.CreateElement("xenc11:MGF")
		mask.CreateAttr("xmlns:xenc11", nsEncrypt11)
		mask.CreateAttr("Algorithm", c.Mask)
	}
}

func (c Ciphers) oaep() *rsa.OAEPOptions {
	options := &rsa.OAEPOptions{Hash: crypto.SHA1, MGFHash: crypto.SHA1}
	if c.Digest == DigestSHA256 {
		options.Hash = crypto.SHA256
	}
	if c.Mask == MaskSHA256 {
		options.MGFHash = crypto.SHA256
	}
	return options
}

func addCipherValue(element *etree.Element, ciphertext []byte) {
	addText(element.CreateElement("xenc:CipherData"), "xenc:CipherValue", base64.StdEncoding.EncodeToString(ciphertext))
}

func (i Identifier) nameID() ([]byte, error) {
	nameID := etree.NewElement("saml:NameID")
	nameID.CreateAttr("xmlns:saml", nsAssertion)
	nameID.CreateAttr("Format", formatPersistent)
	setAttr(nameID, "NameQualifier", i.Qualifier)
	nameID.SetText(i.Value)
	return serialise(nameID)
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
