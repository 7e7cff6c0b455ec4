package web

import (
	"net/http"
	"net/url"
	"strings"

	"koppel/onboarding"
)

// forgottenStates are the pages of a forgotten password.
var forgottenStates = []state{
	{"forgotten", func(g *guest) answer { return g.enter().get(forgottenPath) }},
	{"forgotten-empty", forgottenForm("account", "")},
	{"forgotten-stale", forgottenForm("nonce", "x.y")},
	{"forgotten-away", away(errAway, forgottenForm())},
	{"forgotten-too-fast", func(g *guest) answer {
		form := g.enter().get(forgottenPath)
		return tooFast(func() answer {
			return g.post(forgottenPath, url.Values{"nonce": {form.value("nonce")}, "account": {"Regenboog01"}})
		})
	}},
	{"asked", func(g *guest) answer { return g.follow(forgottenForm()(g)) }},
	{"newpassword", func(g *guest) answer { return g.link("Regenboog01") }},
	{"newpassword-choice", func(g *guest) answer { return g.link("Regenboog01", "Regenboog02", strings.Repeat("Regenboog", 12)) }},
	{"newpassword-none-chosen", newPassword(nil, goodPassword, "Regenboog01", "Regenboog02")},
	{"newpassword-short", newPassword(nil, "kort", "Regenboog01")},
	{"newpassword-long", newPassword(nil, strings.Repeat("lang", 40), "Regenboog01")},
	{"newpassword-known", newPassword(&onboarding.Verdict{Outcome: onboarding.KnownPassword}, "Regenboog-2024", "Regenboog01")},
	{"newpassword-away", func(g *guest) answer {
		page := g.link("Regenboog01")
		g.w.engine.away = errAway
		return g.choosePassword(page, goodPassword)
	}},
	{"newpassword-dead", func(g *guest) answer { return g.get(newPasswordPath) }},
	{"passwordchanged", func(g *guest) answer { return g.get(passwordChangedPath) }},
}

func forgottenForm(changes ...string) func(*guest) answer {
	return func(g *guest) answer {
		if g.w.engine.away == nil {
			g.enter()
		}
		form := url.Values{"nonce": {g.get(forgottenPath).value("nonce")}, "account": {"Regenboog01"}}
		for i := 0; i+1 < len(changes); i += 2 {
			form.Set(changes[i], changes[i+1])
		}
		return g.post(forgottenPath, form)
	}
}

// link is the page behind a mailed link, for people who are not logged in.
func (g *guest) link(usernames ...string) answer {
	g.enter()
	token := g.w.forgets(usernames...)
	delete(g.cookies, sessionCookie)
	return g.opensReset(token).expect(http.StatusOK)
}

func newPassword(verdict *onboarding.Verdict, password string, usernames ...string) func(*guest) answer {
	return func(g *guest) answer {
		page := g.link(usernames...)
		if verdict != nil {
			g.w.engine.answers(*verdict)
		}
		return g.choosePassword(page, password)
	}
}
