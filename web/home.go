package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/store"
)

// homeView lists what a person may act for.
type homeView struct {
	Institutions []institutionView
}

type institutionView struct {
	Kind    string // school or board
	Name    string
	Place   string
	Code    string
	Current bool
}

// showHome is where a linked person arrives. The first page after linking gets a new token: what was known of the
// session before it was worth this much is worth nothing now.
func (s *site) showHome(c *gin.Context, v visit) error {
	if v.identity.Person == "" {
		return s.proceed(c, v)
	}
	memberships, err := s.Store.Memberships(c.Request.Context(), v.identity.Person)
	if err != nil {
		return err
	}
	shown := page{Template: "home", Title: text(c, "home.h", nil), View: homeView{institutions(memberships, v.session.Institution)}}
	if !v.session.Linked {
		v.session.Linked, v.session.LastUsedAt = true, s.Now()
		if err := s.sessions.renew(c, v.session); err != nil {
			return err
		}
		shown.Success = text(c, "ok.linked", nil)
	}
	s.show(c, http.StatusOK, shown)
	return nil
}

// institutions marks the chosen one; where none was chosen, the first counts.
func institutions(memberships []store.Membership, chosen string) []institutionView {
	var views []institutionView
	for i, m := range memberships {
		views = append(views, institutionView{
			Kind: string(m.Kind), Name: m.Name, Place: m.Place, Code: string(m.Code),
			Current: string(m.Code) == chosen || chosen == "" && i == 0,
		})
	}
	return views
}
