package eherkenning

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"koppel/eherkenning/brokertest"
)

// BenchmarkAnswer verifies and decrypts an answer as brokers send it (three signatures, three identifiers) and holds
// that against a floor: its RSA and AES operations alone. The metric ×floor is the ratio of the two.
func BenchmarkAnswer(b *testing.B) {
	w := newWorld(b)
	envelope := w.envelope(func(*brokertest.Answer) {})
	least := perOperation(floor(b))
	for b.Loop() {
		if _, err := w.sp.verify(envelope, requestID, "_resolve1"); err != nil {
			b.Fatal(err)
		}
	}
	answer := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(least.Microseconds()), "µs/floor")
	b.ReportMetric(float64(answer)/float64(least), "×floor")
}

// perOperation is the time of one of a hundred.
func perOperation(do func()) time.Duration {
	start := time.Now()
	for range 100 {
		do()
	}
	return time.Since(start) / 100
}

// floor is what nobody can leave out: verify three times, unwrap and decrypt three times.
func floor(b *testing.B) func() {
	private := keys()["provider"].Private
	digest := sha256.Sum256([]byte("signed"))
	signature, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	oaep := &rsa.OAEPOptions{Hash: crypto.SHA1}
	wrapped, err := rsa.EncryptOAEPWithOptions(rand.Reader, &private.PublicKey, make([]byte, 32), oaep)
	if err != nil {
		b.Fatal(err)
	}
	ciphertext := make([]byte, 20*aes.BlockSize)
	return func() {
		for range 3 {
			verified := rsa.VerifyPKCS1v15(&private.PublicKey, crypto.SHA256, digest[:], signature)
			secret, unwrapped := private.Decrypt(nil, wrapped, oaep)
			block, keyed := aes.NewCipher(secret)
			if err := errors.Join(verified, unwrapped, keyed); err != nil {
				b.Fatal(err)
			}
			cipher.NewCBCDecrypter(block, ciphertext[:aes.BlockSize]).CryptBlocks(ciphertext, ciphertext)
		}
	}
}
