package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/gin-gonic/gin"
)

// A nonce makes a form of one session recognisable: 16 random bytes, a dot, and their HMAC under the session's form
// key, both in base64. Nothing is stored for it. Its random part names what the form asks for, so that sending a
// form twice asks once.

const nonceField = "nonce"

func newNonce(formKey []byte) string {
	random := make([]byte, 16)
	rand.Read(random)
	id := base64.RawURLEncoding.EncodeToString(random)
	return id + "." + nonceMAC(formKey, id)
}

// nonceID returns the random part of a nonce that was made with this form key.
func nonceID(formKey []byte, nonce string) (id string, ok bool) {
	id, mac, _ := strings.Cut(nonce, ".")
	ok = len(formKey) > 0 && hmac.Equal([]byte(mac), []byte(nonceMAC(formKey, id)))
	return id, ok
}

func nonceMAC(formKey []byte, id string) string {
	mac := hmac.New(sha256.New, formKey)
	mac.Write([]byte(id))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// sentNonce returns the nonce field of the request and its random part.
func sentNonce(c *gin.Context, v visit) (nonce, id string, ok bool) {
	nonce = c.PostForm(nonceField)
	id, ok = nonceID(v.session.FormKey, nonce)
	return nonce, id, ok
}
