package web

import (
	"crypto/rand"
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/store"
)

// loginView is the start page.
type loginView struct{}

// goView is the form that takes the browser to the broker (SAML bindings 3.5).
type goView struct {
	Destination string
	SAMLRequest string // base64
	RelayState  string
}

// browserCookie ties a login to the browser that started it: an answer that is brought to another browser, to log
// its owner in as somebody else, finds no such cookie there.
const browserCookie = "__Host-login"

func (s *site) showLogin(c *gin.Context) error {
	s.show(c, http.StatusOK, page{Template: "login", Title: text(c, "in.h", nil), View: loginView{}})
	return nil
}

// startLogin remembers a login under a handle that travels with the browser, and shows the way to the broker.
func (s *site) startLogin(c *gin.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	return s.toBroker(c, store.PendingLogin{Back: string(comebackOf(c.PostForm(comebackField)))})
}

// toBroker remembers a login and shows the way to the broker.
func (s *site) toBroker(c *gin.Context, pending store.PendingLogin) error {
	handle, browser := rand.Text(), rand.Text()
	if kept, err := c.Cookie(browserCookie); err == nil && kept != "" {
		browser = kept // two tabs may each start one
	}
	request, err := s.ServiceProvider.NewRequest(handle)
	if err != nil {
		return err
	}
	pending.RelayState, pending.Browser = s.relayHash(handle), s.browserHash(browser)
	pending.RequestID, pending.Language = request.ID, string(languageOf(c))
	if err := s.Store.SavePendingLogin(c.Request.Context(), pending, c.ClientIP(), s.Now()); err != nil {
		return err
	}
	setCookie(c, browserCookie, browser, 0)
	if request.Redirect != "" {
		c.Redirect(http.StatusSeeOther, request.Redirect)
		return nil
	}
	s.show(c, http.StatusOK, page{Template: "go", Title: text(c, "go.h", nil), View: goView{
		Destination: request.Destination, SAMLRequest: request.SAMLRequest, RelayState: request.RelayState}})
	return nil
}
