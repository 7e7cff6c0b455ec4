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
	Nonce        string
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
		newNonce(v.session.FormKey), changes(notices, language), institutions(memberships, v.session.Institution, language)}}
	if !v.session.Linked {
		v.session.Linked, v.session.LastUsedAt = true, s.Now()
		if err := s.sessions.renew(c, v.session); err != nil {
			return err
		}
		c.Set(keySession, v.session)
		shown.Success = text(c, "ok.linked", nil)
	}
	if c.Query(chosenField) != "" && shown.Success == "" {
		shown.Success = chosenNow(c, memberships, v.session.Institution)
	}
	s.show(c, http.StatusOK, shown)
	return nil
}

// chosenNow says which institution was just chosen.
func chosenNow(c *gin.Context, memberships []store.Membership, chosen string) string {
	for _, m := range memberships {
		if m.Code == current(memberships, chosen) {
			return text(c, "ok.chosen", map[string]string{"naam": m.Name, "code": string(m.Code)})
		}
	}
	return ""
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

// institutions marks the current one.
func institutions(memberships []store.Membership, chosen string, language messages.Language) []institutionView {
	var views []institutionView
	now := current(memberships, chosen)
	for _, m := range memberships {
		view := institutionView{Kind: string(m.Kind), Name: m.Name, Place: m.Place, Code: string(m.Code), Current: m.Code == now}
		if m.ClosedOn.Valid {
			view.Closed = messages.Date(language, m.ClosedOn.Time)
		}
		views = append(views, view)
	}
	return views
}

// current is the institution that a session works for: the chosen one, or the first, which counts too where the chosen
// one is none of theirs any more. Empty when none is open.
func current(memberships []store.Membership, chosen string) onboarding.InstitutionCode {
	var first onboarding.InstitutionCode
	for _, m := range memberships {
		switch {
		case m.ClosedOn.Valid:
		case string(m.Code) == chosen:
			return m.Code
		case first == "":
			first = m.Code
		}
	}
	return first
}

// choose makes another institution the one that this session works for. One that is not the person's, or has closed,
// is refused.
func (s *site) choose(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	if _, _, ok := sentNonce(c, v); !ok {
		return s.proceed(c, v)
	}
	err := s.Store.ChooseInstitution(c.Request.Context(), v.session.TokenHash, c.PostForm(institutionField))
	if onboarding.KindOf(err) == onboarding.NotFound {
		return &statusPage{status: http.StatusForbidden, view: statusView{Key: "p.403", Action: homePath}}
	}
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, homePath+"?"+chosenField+"=1")
	return nil
}

const (
	institutionField = "instelling"
	chosenField      = "gekozen" // another institution was just chosen
)
