package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// homeView lists what a person may act for, and what the registers changed about it lately.
type homeView struct {
	Changes      []changeView
	Institutions []institutionView
}

type changeView struct {
	Key  string
	Args map[string]string
}

type institutionView struct {
	Kind    string // school or board
	Name    string
	Place   string
	Code    string
	Current bool
	Closed  string // since when nobody acts for it; empty while it is open
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
	notices, err := s.Store.Notices(c.Request.Context(), v.identity.Person, s.Now().Add(-onboarding.RegisterNoticeShown))
	if err != nil {
		return err
	}
	language := languageOf(c)
	shown := page{Template: "home", Title: text(c, "home.h", nil), View: homeView{
		changes(notices, language), institutions(memberships, v.session.Institution, language)}}
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

func changes(notices []store.Notice, language messages.Language) []changeView {
	var views []changeView
	for _, n := range notices {
		views = append(views, changeView{"change." + string(n.Kind), map[string]string{
			"naam": n.Name, "code": string(n.Institution), "naam2": n.OtherName, "code2": string(n.Other),
			"datum": messages.Date(language, n.EffectiveOn.Time),
		}})
	}
	return views
}

// institutions marks the chosen one; where none was chosen, the first open one counts.
func institutions(memberships []store.Membership, chosen string, language messages.Language) []institutionView {
	var views []institutionView
	for i, m := range memberships {
		view := institutionView{Kind: string(m.Kind), Name: m.Name, Place: m.Place, Code: string(m.Code)}
		if m.ClosedOn.Valid {
			view.Closed = messages.Date(language, m.ClosedOn.Time)
		} else {
			view.Current = string(m.Code) == chosen || chosen == "" && i == 0
		}
		views = append(views, view)
	}
	return views
}
