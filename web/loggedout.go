package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/workflows"
)

// loggedOutView says that one is no longer logged in, and why.
type loggedOutView struct {
	Expired bool
}

func (s *site) showLoggedOut(c *gin.Context) error {
	s.show(c, http.StatusOK, page{Template: "loggedout", Title: text(c, "out.h", nil), View: loggedOutView{}})
	return nil
}

func (s *site) showExpired(c *gin.Context) error {
	s.sessions.forget(c)
	s.show(c, http.StatusOK, page{Template: "loggedout", Title: text(c, "p.expired.h", nil), View: loggedOutView{Expired: true}})
	return nil
}

// stay answers the button of somebody who needs more time: asking for anything renews the session.
func stay(c *gin.Context, _ visit) error {
	c.Status(http.StatusNoContent)
	return nil
}

// logOut ends the session. A stale nonce shows where one stands, with a button that works.
func (s *site) logOut(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	if _, _, ok := sentNonce(c, v); !ok {
		return s.proceed(c, v)
	}
	return s.leave(c)
}

// stopLinking cancels the case and logs out. A case that cannot be cancelled any more shows where it stands.
func (s *site) stopLinking(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	_, id, ok := sentNonce(c, v)
	if !ok {
		return s.proceed(c, v)
	}
	verdict, err := s.submit(c.Request.Context(), submission{workflow: workflows.LinkingID(v.identity.Hash), update: workflows.Cancel, id: id})
	if onboarding.KindOf(err) == onboarding.Stale {
		return s.stopWithoutCase(c, v)
	}
	if err != nil {
		return err
	}
	if verdict.Outcome != onboarding.Accepted {
		return s.proceed(c, v)
	}
	s.dropDraft(c, v.identity.Hash)
	return s.leave(c)
}

// stopWithoutCase: nothing runs that could be cancelled, or it is too late to.
func (s *site) stopWithoutCase(c *gin.Context, v visit) error {
	st, err := s.standing(c.Request.Context(), v.identity.Hash)
	if err != nil {
		return err
	}
	if st.place != atProof {
		return s.proceed(c, v)
	}
	s.dropDraft(c, v.identity.Hash)
	return s.leave(c)
}

// leave clears what the browser has of us. Cookies are taken away by name: the header would take those of the whole
// domain, other services' too.
func (s *site) leave(c *gin.Context) error {
	if err := s.sessions.end(c); err != nil {
		return err
	}
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	c.Redirect(http.StatusSeeOther, loggedOutPath)
	return nil
}
