package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/helpdesk"
	"koppel/logs"
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

// Keys of the gin context that recognise sets: who came, or why nobody can tell.
const (
	keySession = "session"
	keyUnknown = "unknown" // error
)

// recognise loads the session, if there is one, for the pages behind it. While the database is away, pages that are
// for everybody show all the same.
func (s *site) recognise(c *gin.Context) {
	session, live, err := s.sessions.load(c)
	switch {
	case onboarding.KindOf(err) == onboarding.Unavailable:
		s.saw(c, err)
		c.Set(keyUnknown, err)
	case err != nil:
		s.fail(c, err)
		c.Abort()
		return
	}
	c.Set(keyLoggedIn, live)
	if live {
		if err := s.sessions.touch(c.Request.Context(), session); err != nil {
			s.saw(c, err) // the page itself needs no write
		}
		c.Set(keySession, session)
		s.speakOf(c, session.Identity)
		c.Set(keyLogoutNonce, newNonce(session.FormKey))
		c.Set(keyControl, helpdesk.ControlCode(session, s.Now()))
	}
}

// speakOf puts the reference of the identity into every log line of the request from here on.
func (s *site) speakOf(c *gin.Context, identity string) {
	c.Request = c.Request.WithContext(logs.WithReference(c.Request.Context(), string(s.reference(identity))))
}

// handle runs a handler and turns its error into a page.
func (s *site) handle(handler func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := handler(c); err != nil {
			s.fail(c, err)
		}
	}
}

var errNotLoggedIn = errors.New("not logged in")

// visitor tells who came; errNotLoggedIn when there is no session.
func (s *site) visitor(c *gin.Context) (visit, error) {
	if err, unknown := c.Value(keyUnknown).(error); unknown {
		return visit{}, err
	}
	session, live := c.Value(keySession).(store.Session)
	if !live {
		return visit{}, errNotLoggedIn
	}
	identity, err := s.Store.Identity(c.Request.Context(), session.Identity)
	return visit{session, identity}, err
}

// inSession runs a handler for people who are logged in. Others go to the page that says why they are not.
func (s *site) inSession(handler func(*gin.Context, visit) error) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		v, err := s.visitor(c)
		switch {
		case errors.Is(err, errNotLoggedIn):
			return s.sendAway(c)
		case err != nil:
			return err
		}
		return handler(c, v)
	})
}

// linked is inSession for people with a link; others go to where they are at.
func (s *site) linked(handler func(*gin.Context, visit) error) gin.HandlerFunc {
	return s.inSession(func(c *gin.Context, v visit) error {
		if v.identity.Person == "" {
			return s.proceed(c, v)
		}
		return handler(c, v)
	})
}

// submits is inSession for the forms of a case. While the database is away they come back as they were sent.
func (s *site) submits(read func(*gin.Context, visit) form) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		if err := parseForm(c); err != nil {
			return err
		}
		v, err := s.visitor(c)
		if errors.Is(err, errNotLoggedIn) {
			s.rescue(c, read)
			return s.sendAway(c)
		}
		f := read(c, v)
		if err == nil {
			err = s.process(c, v, f)
		}
		if onboarding.KindOf(err) == onboarding.Unavailable && len(f.fields) > 0 {
			s.giveBack(c, f, err)
			return nil
		}
		return err
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

func (s *site) reference(identity string) onboarding.Reference {
	return workflows.Reference(s.Lookup.Hash, workflows.LinkingID(identity))
}

func languageOf(c *gin.Context) messages.Language {
	language, _ := c.Value(keyLanguage).(messages.Language)
	return language
}

func text(c *gin.Context, key string, args map[string]string) string {
	return messages.Text(languageOf(c), key, args)
}
