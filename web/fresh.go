package web

import (
	"net/http"

	"koppel/onboarding"
)

// A proof counts only with a recent login: who finds a browser that somebody left behind may look at its pages, and
// can prove nothing there. Whoever is sent to log in again comes back to where that was asked.

// comeback names a page that a login leads back to. It travels in the body of the form that starts the login and is
// kept with it, so that no address leads anybody anywhere.
type comeback string

const (
	backToLink     comeback = "koppelen"
	backToCode     comeback = "activatiecode"
	backToAdding   comeback = "account-toevoegen"
	backToNewEmail comeback = "e-mail"
)

const comebackField = "terug"

// comebacks are all of them, and the keys of the page that asks for the login.
var comebacks = map[comeback]struct{ path, words string }{
	backToLink:     {linkPath, "p.fresh.link"},
	backToCode:     {codePath, "p.fresh.link"},
	backToAdding:   {addPath, "p.fresh.add"},
	backToNewEmail: {newEmailPath, "p.fresh.mail"},
}

// fresh tells whether somebody may give a proof: the login was at most onboarding.LoginFresh ago.
func (s *site) fresh(v visit) bool {
	return s.Now().Sub(v.session.AuthenticatedAt) <= onboarding.LoginFresh
}

// staleLogin is the page that asks for a new login, which leads back to where.
func staleLogin(where comeback) error {
	return &statusPage{status: http.StatusForbidden, view: statusView{
		Key: comebacks[where].words, Action: startPath, Post: true, Back: where}}
}

// comebackOf is what a form asks for; empty when there is no such page.
func comebackOf(asked string) comeback {
	if _, known := comebacks[comeback(asked)]; !known {
		return ""
	}
	return comeback(asked)
}

// landing is where a login leads: to the page that asked for it, else to the one that is for everybody.
func landing(asked, otherwise string) string {
	if known, ok := comebacks[comeback(asked)]; ok {
		return known.path
	}
	return otherwise
}
