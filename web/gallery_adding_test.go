package web

import (
	"net/url"
	"time"

	"koppel/activities"
	"koppel/eherkenning/brokertest"
	"koppel/onboarding"
	"koppel/store"
)

// addStates are the looks of the pages on which institutions are added.
var addStates = []state{
	{"add", asContact("16AH", func(b *browser) answer { return b.get(addPath) }, "24VX", "07XY")},
	{"add-nothing-left", asContact("", func(b *browser) answer { return b.get(addPath) })},
	{"add-nothing-here", asContact("07XY", func(b *browser) answer { return b.get(addPath) })},
	{"add-none-chosen", asContact("16AH", func(b *browser) answer { return b.post(addPath, b.with(addPath, nil)) })},
	{"add-code-wrong", asContact("16AH", entering("16"))},
	{"add-code-have", asContact("16AH", entering("03AB"))},
	{"add-code-unknown", asContact("16AH", entering("99ZZ"))},
	{"add-code-closed", asContact("16AH", entering("04CL"))},
	{"add-code-merged", asContact("16AH", entering("05MG"))},
	{"add-login-old", asContact("16AH", func(b *browser) answer {
		b.w.now = b.w.now.Add(onboarding.LoginFresh + time.Second)
		return b.get(addPath)
	})},
	{"add-check", asContact("16AH", func(b *browser) answer { return b.check("16AH", "24VX") }, "24VX")},
	{"add-check-away", asContact("16AH", func(b *browser) answer {
		b.w.engine.away = errAway
		return b.post(checkPath, b.with(checkPath+"?instelling=16AH", url.Values{choiceField: {"16AH"}}))
	})},
	{"add-proof", asContact("", func(b *browser) answer { return b.get(proofPath + "?instelling=16AH") })},
	{"add-proof-faulty", asContact("", func(b *browser) answer {
		return b.post(proofPath, b.with(proofPath+"?instelling=16AH", url.Values{institutionField: {"16AH"}}))
	})},
	{"add-proof-other", asContact("", func(b *browser) answer {
		b.w.engine.answers(onboarding.Verdict{Outcome: onboarding.OtherInstitution})
		return b.post(proofPath, b.with(proofPath+"?instelling=16AH",
			url.Values{institutionField: {"16AH"}, "username": {"linde01"}, "password": {"x"}}))
	})},
	{"add-proof-code-mistyped", asContact("", func(b *browser) answer {
		return b.post(proofPath, b.with(proofPath+"?instelling=16AH", url.Values{institutionField: {"16AH"}, "code": {"BFGG-5CDH"}}))
	})},
	{"add-proof-code-used", asContact("", func(b *browser) answer {
		b.w.engine.answers(onboarding.Verdict{Outcome: onboarding.CodeUsed})
		return b.post(proofPath, b.with(proofPath+"?instelling=16AH",
			url.Values{institutionField: {"16AH"}, "code": {"BFGG-5CDH-P18D-JGJ4"}}))
	})},
	{"add-proof-board", asContact("07XY", func(b *browser) answer { return b.get(proofPath + "?instelling=07XY") })},
	{"add-proof-elsewhere", asContact("", func(b *browser) answer { return b.get(proofPath + "?instelling=07XY") })},
	{"add-proof-refused", additionRefused(onboarding.NotApproved)},
	{"add-proof-lapsed", additionRefused(onboarding.NotAnswered)},
	{"add-asked-too-often", asContact("", func(b *browser) answer {
		b.w.engine.answers(onboarding.Verdict{Outcome: onboarding.TooManyQuestions, Until: b.w.now.Add(time.Hour)})
		return b.post(askPath, b.with(proofPath+"?instelling=16AH", url.Values{institutionField: {"16AH"}}))
	})},
	{"add-waiting", asContact("", func(b *browser) answer {
		b.w.asksToAdd("16AH", nil)
		return b.get(proofPath + "?instelling=16AH")
	})},
	{"add-waits", asContact("07XY", func(b *browser) answer {
		b.w.asksToAdd("16AH", nil)
		return b.get(addPath)
	})},
	{"add-result-waiting", asContact("", func(b *browser) answer {
		b.w.asksToAdd("16AH", nil)
		return b.get(resultPath + "?instelling=16AH")
	})},
	{"join-cancelled", joined(func(a *brokertest.Answer) { a.Status = persona("carl").Status }, nil)},
	{"join-gone", joined(nil, func(b *browser) { delete(b.cookies, sessionCookie) })},
	{"join-taken", joined(nil, func(b *browser) {
		b.w.engine.joins = func(in activities.Joining) {
			_, err := b.w.sql.Exec(`
				with other as (insert into persons (email, language, created_at) values ('piet@elders.example', 'nl', $2) returning id)
				update identities set person = other.id, linked_at = $2 from other where hash = $1`, in.Identity, b.w.now)
			b.w.must(err)
		}
	})},
	{"add-result", asContact("16AH", func(b *browser) answer {
		b.w.member("16AH")
		return b.get(resultPath + "?instelling=16AH")
	})},
	{"add-result-partly", asContact("16AH", func(b *browser) answer {
		b.w.member("16AH")
		return b.get(resultPath + "?instelling=16AH&instelling=24VX&instelling=10249&instelling=07XY&instelling=04CL")
	}, "24VX", "07XY")},
	{"add-result-working", additionAt(func(a *store.Addition) { a.Step = onboarding.Completing })},
	{"add-result-locked", additionAt(func(a *store.Addition) { a.LockedUntil = a.Since.Add(15 * time.Minute) })},
	{"add-result-refused", additionAt(func(a *store.Addition) { a.Refusal = onboarding.NotApproved })},
	{"add-result-lapsed", additionAt(func(a *store.Addition) { a.Refusal = onboarding.NotAnswered })},
	{"add-result-stopped", additionAt(func(a *store.Addition) {
		a.Step, a.Refusal = onboarding.Cancelled, onboarding.StoppedByDesk
	})},
	{"add-result-taken", additionAt(func(a *store.Addition) { a.Refusal = onboarding.Taken })},
	{"add-result-other", additionAt(func(a *store.Addition) { a.Refusal = onboarding.OtherInstitution })},
}

// asContact shows something to a linked person who is a contact of the institutions.
func asContact(code string, shows func(*browser) answer, more ...string) func(*guest) answer {
	return func(g *guest) answer {
		g.enter()
		if code != "" {
			more = append(more, code)
		}
		_, err := g.w.sql.Exec(`delete from contacts`)
		g.w.must(err)
		g.w.inRegister(more...)
		_, err = g.w.sql.Exec(`
			insert into institutions (code, kind, name, closed_on, successor) values
				('04CL', 'school', 'De Oude Haven', '2025-08-01', null), ('05MG', 'school', 'De Vlieger', '2025-08-01', '16AH')
			on conflict do nothing`)
		g.w.must(err)
		return shows(g.browser)
	}
}

// with is a form with the nonce of a page.
func (b *browser) with(page string, form url.Values) url.Values {
	b.w.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set(nonceField, b.get(page).value(nonceField))
	return form
}

func entering(code string) func(*browser) answer {
	return func(b *browser) answer {
		return b.post("/account-toevoegen/code", b.with(addPath, url.Values{institutionField: {code}}))
	}
}

// additionAt shows what became of an addition that stands somewhere.
func additionAt(change func(*store.Addition)) func(*guest) answer {
	return asContact("", func(b *browser) answer {
		b.w.addition("16AH", change)
		return b.get(resultPath + "?instelling=16AH")
	})
}

// additionRefused shows the page of an institution whose representatives have been asked.
func additionRefused(refusal onboarding.Outcome) func(*guest) answer {
	return asContact("", func(b *browser) answer {
		b.w.addition("16AH", func(a *store.Addition) { a.Refusal = refusal })
		return b.get(proofPath + "?instelling=16AH")
	})
}

// joined shows what became of a login with another eHerkenning.
func joined(change func(*brokertest.Answer), meanwhile func(*browser)) func(*guest) answer {
	return func(g *guest) answer {
		return asContact("07XY", func(b *browser) answer {
			given := b.w.elsewhere(g.who.Username)
			if change != nil {
				change(&given)
			}
			requestID, relay := b.joining()
			if meanwhile != nil {
				meanwhile(b)
			}
			return b.get(back(relay, b.w.handOut(requestID, given)))
		})(g)
	}
}
