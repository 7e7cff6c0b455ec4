package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
)

// mailedLink is a page that a mail leads to, with a token in its address. The token moves at once into a cookie and the
// browser on to the bare address, so that it stays in no history, log, Referer or screen. Asking for the page does
// nothing: mail scanners open links before people do. Only a post uses the token.
type mailedLink struct {
	path   onboarding.MailedLink
	cookie string
}

// mailedLinkHeld is how long a browser keeps the token of a link that was opened. After that the link opens again.
const mailedLinkHeld = time.Hour

// take moves a token from the address of the request into the cookie, and tells whether it did: then the answer has
// been given. What is no token takes the place of an older one too, so that the page never acts for another mail than
// the one that was opened.
func (l mailedLink) take(c *gin.Context) bool {
	query := c.Request.URL.Query()
	if !query.Has(onboarding.MailedTokenField) {
		return false
	}
	token, err := onboarding.ParseMailedToken(query.Get(onboarding.MailedTokenField))
	if err != nil {
		l.forget(c)
	} else {
		setCookie(c, l.cookie, token, mailedLinkHeld)
	}
	c.Redirect(http.StatusSeeOther, string(l.path))
	return true
}

// token is what the browser holds of the link; empty when it holds none.
func (l mailedLink) token(c *gin.Context) string {
	kept, _ := c.Cookie(l.cookie) // none: there is no token
	token, _ := onboarding.ParseMailedToken(kept)
	return token
}

// forget takes the token from the browser: it has been used, or never will be.
func (l mailedLink) forget(c *gin.Context) { setCookie(c, l.cookie, "", -time.Second) }

// formKey signs the nonces of forms on the page behind the link, for people who need no session to be there.
func (l mailedLink) formKey(s *site, token string) []byte {
	return []byte(s.Lookup.Hash("form of a mailed link", string(l.path), token))
}
