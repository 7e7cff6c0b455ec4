package brokertest

import (
	"encoding/base64"

	"github.com/beevik/etree"
)

// encryptionAttacks are signed well: a stranger never gets as far as a decryption.
func encryptionAttacks() []Attack {
	const acting = "//Assertion/AttributeStatement/Attribute[@Name='" + attributeActing + "']/AttributeValue/EncryptedID"
	data, key := acting+"/EncryptedData", acting+"/EncryptedKey"
	set := func(path, value string) func(*Answer) {
		return beforeSign(path+"/EncryptionMethod", func(el *etree.Element) { el.CreateAttr("Algorithm", value) })
	}
	cipher := func(path string, change func([]byte) []byte) func(*Answer) {
		return beforeSign(path+"/CipherData/CipherValue", func(el *etree.Element) {
			raw, err := base64.StdEncoding.DecodeString(el.Text())
			if err != nil {
				panic(err) // it was written a moment ago
			}
			el.SetText(base64.StdEncoding.EncodeToString(change(raw)))
		})
	}
	gcm := func(change func(*Answer)) func(*Answer) {
		return func(a *Answer) { a.Ciphers.Data = DataAES256GCM; change(a) }
	}
	return []Attack{
		{"D1", "key wrapped by RSA 1.5", set(key, nsEncrypt+"rsa-1_5")},
		{"D1", "3DES", set(data, nsEncrypt+"tripledes-cbc")},
		{"D2", "CBC without whole blocks (GHSA-hwqm-qvj9-4jr2)", cipher(data, func(raw []byte) []byte { return raw[:len(raw)-8] })},
		{"D2", "CBC without a block", cipher(data, func(raw []byte) []byte { return raw[:16] })},
		{"D2", "GCM shorter than its vector", gcm(cipher(data, func(raw []byte) []byte { return raw[:4] }))},
		{"D2", "nothing to open", cipher(data, func([]byte) []byte { return nil })},
		{"D2", "opened text without an element", func(a *Answer) { a.Acting.Qualifier, a.Acting.Value = "", "" }},
		{"D3", "bit of the text flipped", cipher(data, func(raw []byte) []byte { raw[20] ^= 1; return raw })},
		{"D3", "bit of the padding flipped", cipher(data, func(raw []byte) []byte { raw[len(raw)-17] ^= 1; return raw })},
		{"D3", "bit of the key flipped", cipher(key, func(raw []byte) []byte { raw[20] ^= 1; return raw })},
		{"D4", "an algorithm that nobody opens", set(data, nsEncrypt11+"aes192-gcm")},
		{"D5", "identifier in clear", beforeSign(acting, func(el *etree.Element) {
			value := el.Parent()
			value.RemoveChild(el)
			value.SetText("somebody")
		})},
		{"D5", "empty identifier", func(a *Answer) { a.Acting.Value = "" }},
	}
}
