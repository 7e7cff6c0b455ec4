package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// A person who is logged in may log in with another eHerkenning, to add institutions of another organisation. That login
// is bound to the session: it goes on only where the same session still lives, gives its person the identity if that is
// nobody's, and leaves the session to that person.

// joinPath starts such a login.
const joinPath = "/account-toevoegen/inloggen"

// Why a login that belongs to a session was refused.
const (
	reasonSessionGone   = "session_gone" // ended, renewed, or somebody else's by now
	reasonIdentityTaken = "identity_taken"
)

func (s *site) startJoining(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	switch _, _, ok := sentNonce(c, v); {
	case !ok:
		c.Redirect(http.StatusSeeOther, addPath)
		return nil
	case !s.fresh(v):
		return staleLogin(backToAdding)
	}
	return s.toBroker(c, store.PendingLogin{Session: v.session.TokenHash})
}

// finishJoining goes on where startJoining left off.
func (s *site) finishJoining(c *gin.Context, pending store.PendingLogin, artifact string) error {
	v, err := s.visitor(c)
	switch {
	case errors.Is(err, errNotLoggedIn), err == nil && (!bytes.Equal(v.session.TokenHash, pending.Session) || v.identity.Person == ""):
		return s.refuseLogin(c, reasonSessionGone, statusPage{status: http.StatusConflict, view: statusView{Key: "p.join.gone"}}, nil)
	case err != nil:
		return err
	}
	login, err := s.ServiceProvider.Login(c.Request.Context(), artifact, pending.RequestID)
	s.Health.Saw(BrokerPart, unreachable(err))
	if err != nil {
		return s.leadBack(s.refuseAnswer(c, err))
	}
	identity, err := s.record(c, login)
	if onboarding.KindOf(err) == onboarding.Conflict {
		return s.leadBack(s.refuseLogin(c, ReasonReplayed, answerPage, nil))
	}
	if err != nil {
		return err
	}
	if identity.Person == "" {
		if identity, err = s.join(c.Request.Context(), v, identity); err != nil {
			return err
		}
	}
	if identity.Person != v.identity.Person {
		return s.leadBack(s.refuseLogin(c, reasonIdentityTaken,
			statusPage{status: http.StatusConflict, view: statusView{Key: "p.join.taken"}}, nil))
	}
	return s.goOnAs(c, v, identity)
}

// goOnAs makes the identity the one of the session, under a new token: what the person does now is done for its
// organisation. The session ends no later for it.
func (s *site) goOnAs(c *gin.Context, v visit, identity store.Identity) error {
	v.session.Identity, v.session.Linked = identity.Hash, true
	v.session.AuthenticatedAt, v.session.LastUsedAt = s.Now(), s.Now()
	if err := s.sessions.renew(c, v.session); err != nil {
		return err
	}
	setCookie(c, browserCookie, "", -time.Second)
	c.Redirect(http.StatusSeeOther, addPath)
	return nil
}

// leadBack makes the page of a refused login lead back: the person is still logged in.
func (s *site) leadBack(refused error) error {
	var page *statusPage
	if !errors.As(refused, &page) {
		return refused
	}
	page.view.Action, page.view.Post, page.view.Back = addPath, false, ""
	if page.view.Key == cancelPage.view.Key {
		page.view.Key = "p.join.cancel"
	}
	return page
}

// join has the identity given to the person, and waits until that has been decided.
func (s *site) join(ctx context.Context, v visit, identity store.Identity) (store.Identity, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), updateWait)
	defer cancel()
	in := workflows.JoiningInput{Case: newUUID(), Identity: identity.Hash, Person: v.identity.Person}
	options := workflows.JoiningOptions(in, s.reference(v.identity.Hash))
	if _, err := s.Temporal.ExecuteWorkflow(ctx, options, workflows.JoiningName, in); err != nil {
		return identity, temporalAway("start joining", err)
	}
	for {
		found, err := s.Store.Identity(ctx, identity.Hash)
		if err != nil || found.Person != "" {
			return found, err
		}
		select {
		case <-ctx.Done():
			return identity, &onboarding.Error{Kind: onboarding.Unavailable, Message: "e.working"}
		case <-time.After(settlePause):
		}
	}
}
