package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
)

// saw tells the watch over the parts which one was away, if err says so. A browser that left says nothing about them.
func (s *site) saw(c *gin.Context, err error) {
	var refusal *onboarding.Error
	if !errors.As(err, &refusal) || refusal.Kind != onboarding.Unavailable || errors.Is(c.Request.Context().Err(), context.Canceled) {
		return
	}
	if refusal.Part == "" {
		s.Log.WarnContext(c.Request.Context(), "no verdict in time", "route", c.FullPath())
		return
	}
	s.Health.Saw(refusal.Part, err)
}

// awayPage is the page of a request that cannot be served while a part is away. Its button asks for the same again: a
// form goes with its nonce, so that it counts once.
func awayPage(c *gin.Context) statusPage {
	view := statusView{Key: "p.away", Action: requested(c)}
	_, unrepeatable := elsewhere[c.FullPath()]
	switch {
	case c.Request.Method == http.MethodPost && c.FullPath() != acsPath:
		view.Post, view.Nonce = true, c.PostForm(nonceField)
	case unrepeatable, view.Action == "":
		view.Action = loginPath
	}
	return statusPage{status: http.StatusServiceUnavailable, view: view, retryAfter: retrySoon}
}

// requested is the address that was asked for, with as much of it as says which form it is.
func requested(c *gin.Context) string {
	if c.FullPath() == linkPath && c.Query(modeField) == codeMode {
		return codePath
	}
	return c.FullPath()
}

// againView is a form that came back with nothing but what was typed.
type againView struct {
	Action string
	Nonce  string
	Button string // key of its words
	Fields []kept
}

// giveBack shows a form that nobody could look at, with what was typed and under the same nonce: sent again, it counts
// once. What the page of the form says besides cannot be told now.
func (s *site) giveBack(c *gin.Context, f form, cause error) {
	s.saw(c, cause)
	view := againView{Action: requested(c), Nonce: c.PostForm(nonceField), Button: f.button}
	switched := []kept{{nonceField, view.Nonce}}
	for _, name := range f.fields {
		field := typedField(c, name)
		view.Fields = append(view.Fields, field)
		if inputs[name].Type != "password" {
			switched = append(switched, field)
		}
	}
	setRetryAfter(c, retrySoon)
	s.show(c, http.StatusServiceUnavailable, page{Template: "again", Title: text(c, f.title, nil),
		Errors: []fieldError{{Key: "e.away"}}, Kept: switched, View: view})
}

// typedField is what was typed into a field; a password is not shown again.
func typedField(c *gin.Context, name string) kept {
	if inputs[name].Type == "password" {
		return kept{name, ""}
	}
	return kept{name, c.PostForm(name)}
}
