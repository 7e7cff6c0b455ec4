package web

import (
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// visit is a request within a session: who came, and with which login.
type visit struct {
	session  store.Session
	identity store.Identity
}

const keySession = "session"

// recognise loads the session, if there is one, for the pages behind it.
func (s *site) recognise(c *gin.Context) {
	session, live, err := s.sessions.load(c)
	if err != nil {
		s.fail(c, err)
		c.Abort()
		return
	}
	c.Set(keyLoggedIn, live)
	if live {
		c.Set(keySession, session)
		c.Set(keyLogoutNonce, newNonce(session.FormKey))
	}
}

// handle runs a handler and turns its error into a page.
func (s *site) handle(handler func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := handler(c); err != nil {
			s.fail(c, err)
		}
	}
}

// inSession runs a handler for people who are logged in. Others go to the page that says why they are not.
func (s *site) inSession(handler func(*gin.Context, visit) error) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		session, live := c.Value(keySession).(store.Session)
		if !live {
			return s.sendAway(c)
		}
		identity, err := s.Store.Identity(c.Request.Context(), session.Identity)
		if err != nil {
			return err
		}
		return handler(c, visit{session, identity})
	})
}

func (s *site) sendAway(c *gin.Context) error {
	target := loginPath
	if _, err := c.Cookie(sessionCookie); !errors.Is(err, http.ErrNoCookie) {
		target = expiredPath
	}
	c.Redirect(http.StatusSeeOther, target)
	return nil
}

// reference is the same for every case of an identity: it is known before the case has a row.
func (s *site) reference(identity string) onboarding.Reference {
	random, err := hex.DecodeString(s.Lookup.Hash("reference", workflows.LinkingID(identity)))
	if err != nil {
		panic("a look-up hash is hexadecimal: " + err.Error())
	}
	return onboarding.NewReference(random)
}

func languageOf(c *gin.Context) messages.Language {
	language, _ := c.Value(keyLanguage).(messages.Language)
	return language
}

func text(c *gin.Context, key string, args map[string]string) string {
	return messages.Text(languageOf(c), key, args)
}
