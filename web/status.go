package web

import (
	"github.com/gin-gonic/gin"

	"koppel/store"
)

// statusView is a page with one reason and one thing to do.
type statusView struct {
	Key           string // of the texts: p.taken and so on
	Args          map[string]string
	Action        string // address of the button
	Post          bool
	Nonce         string   // of the form that is sent again; empty: none
	Back          comeback // where the login that the button starts leads; empty: where all do
	ShowReference bool
}

// showStatus renders a status page with its own reference or the visitor's.
func (s *site) showStatus(c *gin.Context, p statusPage) {
	if p.retryAfter > 0 {
		setRetryAfter(c, p.retryAfter)
	}
	s.show(c, p.status, page{Template: "status", Title: text(c, p.view.Key+".h", p.view.Args),
		Reference: string(p.reference), View: p.view})
}

// show renders a page. Whoever is logged in finds the reference of the case on each.
func (s *site) show(c *gin.Context, status int, p page) {
	if session, live := c.Value(keySession).(store.Session); live && p.Reference == "" {
		p.Reference = string(s.reference(session.Identity))
	}
	s.pages.render(c, status, p)
}
