package eherkenning

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/beevik/etree"
)

// What is opened (XML Encryption 1.1, sections 5.2 and 5.5). RSA 1.5, 3DES and the rest stay closed.
const (
	keyOAEPMGF1 = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p" // its mask generation is SHA-1, whatever the digest
	keyOAEP     = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
	digestSHA1  = "http://www.w3.org/2000/09/xmldsig#sha1"
	maskSHA1    = "http://www.w3.org/2009/xmlenc11#mgf1sha1"
	maskSHA256  = "http://www.w3.org/2009/xmlenc11#mgf1sha256"
)

var (
	digests = map[string]crypto.Hash{"": crypto.SHA1, digestSHA1: crypto.SHA1, digestSHA256: crypto.SHA256}
	masks   = map[string]crypto.Hash{"": crypto.SHA1, maskSHA1: crypto.SHA1, maskSHA256: crypto.SHA256}
)

// dataCipher is an algorithm for data: the size of its keys in bytes and its mode.
type dataCipher struct {
	keySize int
	mode    func(cipher.Block, []byte) ([]byte, error)
}

var dataCiphers = map[string]dataCipher{
	"http://www.w3.org/2001/04/xmlenc#aes128-cbc": {16, openCBC},
	"http://www.w3.org/2001/04/xmlenc#aes256-cbc": {32, openCBC},
	"http://www.w3.org/2009/xmlenc11#aes128-gcm":  {16, openGCM},
	"http://www.w3.org/2009/xmlenc11#aes256-gcm":  {32, openGCM},
}

// errCiphertext is all that is ever said about a ciphertext that does not open.
var errCiphertext = errors.New("ciphertext does not open")

// transport reads how a key is wrapped; nil when it is done in a way that is not opened.
func transport(key *etree.Element) *rsa.OAEPOptions {
	method := only(key, nsEncryption, "EncryptionMethod")
	if method == nil || len(children(method, nsEncryption, "OAEPparams")) > 0 {
		return nil
	}
	digest, digestKnown := digests[optional(method, nsSignature, "DigestMethod")]
	mask, maskKnown := masks[optional(method, nsEncryption11, "MGF")]
	switch method.SelectAttrValue("Algorithm", "") {
	case keyOAEPMGF1:
		mask, maskKnown = crypto.SHA1, len(children(method, nsEncryption11, "MGF")) == 0
	case keyOAEP:
	default:
		return nil
	}
	if !digestKnown || !maskKnown {
		return nil
	}
	return &rsa.OAEPOptions{Hash: digest, MGFHash: mask}
}

// optional reads the Algorithm of a child that may be left out; more than one is an algorithm that nobody knows.
func optional(parent *etree.Element, namespace, name string) string {
	switch found := children(parent, namespace, name); len(found) {
	case 0:
		return ""
	case 1:
		return found[0].SelectAttrValue("Algorithm", "unnamed")
	}
	return "several"
}

// open decrypts; a wrong key, length or padding all give the same error.
func (c dataCipher) open(secret, ciphertext []byte) ([]byte, error) {
	if len(secret) != c.keySize {
		return nil, errCiphertext
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, errCiphertext
	}
	return c.mode(block, ciphertext)
}

// openCBC takes the initialisation vector off the front and the padding off the end: its last byte tells how many.
func openCBC(block cipher.Block, ciphertext []byte) ([]byte, error) {
	if len(ciphertext) < 2*aes.BlockSize || len(ciphertext)%aes.BlockSize != 0 {
		return nil, errCiphertext
	}
	plaintext := make([]byte, len(ciphertext)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, ciphertext[:aes.BlockSize]).CryptBlocks(plaintext, ciphertext[aes.BlockSize:])
	padding := int(plaintext[len(plaintext)-1])
	if padding == 0 || padding > aes.BlockSize {
		return nil, errCiphertext
	}
	return plaintext[:len(plaintext)-padding], nil
}

// openGCM takes the initialisation vector of 12 bytes off the front; the tag stands at the end.
func openGCM(block cipher.Block, ciphertext []byte) ([]byte, error) {
	gcm, err := cipher.NewGCM(block)
	if err != nil || len(ciphertext) < gcm.NonceSize()+gcm.Overhead() {
		return nil, errCiphertext
	}
	plaintext, err := gcm.Open(nil, ciphertext[:gcm.NonceSize()], ciphertext[gcm.NonceSize():], nil)
	if err != nil {
		return nil, errCiphertext
	}
	return plaintext, nil
}

// cipherValue decodes the ciphertext of an EncryptedData or EncryptedKey.
func cipherValue(element *etree.Element) ([]byte, error) {
	value := only(only(element, nsEncryption, "CipherData"), nsEncryption, "CipherValue")
	if value == nil {
		return nil, errCiphertext
	}
	ciphertext, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value.Text()), ""))
	if err != nil {
		return nil, errCiphertext
	}
	return ciphertext, nil
}
