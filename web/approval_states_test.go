package web

import (
	"net/url"

	"koppel/onboarding"
	"koppel/store"
)

// approvalStates are the looks of the wait for a representative, and of the question to one.
var approvalStates = []state{
	{"waiting", func(g *guest) answer {
		g.enter().w.asks(nil)
		return g.get(waitPath)
	}},
	{"waiting-unreadable", func(g *guest) answer {
		g.enter().w.asks(func(a *store.Approval) { a.Address = []byte("of a key that is gone") })
		return g.get(waitPath)
	}},
	{"approval", questioned(nil)},
	{"waiting-held", func(g *guest) answer {
		g.enter().w.asks(func(a *store.Approval) { a.Ground = onboarding.HeldAlready })
		return g.get(waitPath)
	}},
	{"approval-held", questioned(func(a *store.Approval) { a.Ground = onboarding.HeldAlready })},
	{"approval-contact", questioned(func(a *store.Approval) { a.Ground = onboarding.NoContact })},
	{"approval-no-name", func(g *guest) answer {
		_, token := g.enter().w.asks(nil)
		_, err := g.w.sql.Exec(`update identities set organisation = '' where hash = $1`, g.w.identity())
		g.w.must(err)
		return g.opens(token)
	}},
	{"approval-given", answered(onboarding.Approved)},
	{"approval-refused", answered(onboarding.Declined)},
	{"approval-done", questioned(func(a *store.Approval) { a.Decision = onboarding.Withdrawn })},
	{"approval-gone", func(g *guest) answer { return g.opens(pretendToken) }},
	{"approval-too-old", questioned(func(a *store.Approval) { a.ExpiresAt = a.RequestedAt })},
}

func questioned(change func(*store.Approval)) func(*guest) answer {
	return func(g *guest) answer {
		_, token := g.enter().w.asks(change)
		return g.opens(token)
	}
}

// answered presses a button while the case answers as it would.
func answered(decision onboarding.Decision) func(*guest) answer {
	return func(g *guest) answer {
		asked, token := g.enter().w.asks(nil)
		nonce := g.opens(token).value("nonce")
		g.w.engine.answers(onboarding.Verdict{Outcome: onboarding.Accepted})
		sent := g.post("/toestemming", url.Values{"nonce": {nonce}, "antwoord": {"toestaan"}})
		g.w.decides(asked, decision)
		return g.follow(sent)
	}
}
