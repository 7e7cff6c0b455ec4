package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
	"koppel/workflows"
)

// passwordRows try a wrong password, with tries left and without.
func (g *guesser) passwordRows() []*row {
	return g.wrongRows(linkPath, "Regenboog-2019", accounts[:4], g.stand, g.form, func() {
		pair := store.PartOf(g.w.identity(), g.w.lookup.Hash("credentials", g.w.identity(), "regenboog01"))
		g.lockOut(onboarding.CredentialTries, pair)
	})
}

// codeRows try a wrong activation code, with tries left and without.
func (g *guesser) codeRows() []*row {
	return g.wrongRows(codePath, "ANOTHERONE1", selectors[:4], g.standCode, g.codeForm, func() {
		g.lockOut(onboarding.CodeTries, g.w.identity())
	})
}

// wrongRows post what is wrong, whatever stands behind it. With no tries left the answer is another page. The floor is
// one argon2id of the same cost.
func (g *guesser) wrongRows(path, secret string, behind []struct{ name, prepare string },
	stand func(hash, prepare string), form func() url.Values, lock func()) []*row {
	hash, err := passwords.Hash(g.w.t.Context(), secret)
	g.w.must(err)
	group := func(suffix string, status int, lock func()) (rows []*row) {
		for _, each := range behind {
			var filled url.Values
			rows = append(rows, &row{name: each.name + suffix, prepare: func() {
				stand(hash, each.prepare)
				lock()
				filled = form()
			}, run: func() { g.post(path, filled).expect(status) }})
		}
		return rows
	}
	floor := &row{name: "one bare argon2id", prepare: func() {}, run: func() {
		_, err := passwords.Verify(g.w.t.Context(), passwords.Dummy(), "wrong")
		g.w.must(err)
	}}
	return compared(floor, group("", http.StatusUnprocessableEntity, func() {}), group(", and locked", http.StatusSeeOther, lock))
}

// lockOut locks out a subject, as its last wrong try would.
func (g *guesser) lockOut(limit onboarding.Limit, subject string) {
	_, err := g.w.sql.Exec(`
		insert into attempts (scope, subject, failures, locks, first_at, last_at, locked_until)
		values ($1, $2, 0, 1, $3, $3, $4)`, limit.Scope, subject, g.w.now, g.w.now.Add(time.Hour))
	g.w.must(err)
}

// forgottenRows ask for a new password, for accounts that are there and not. The floor is the page with the form.
func (g *guesser) forgottenRows() []*row {
	g.w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	floor := &row{name: "the page with the form", prepare: func() {}, run: func() { g.get(forgottenPath).expect(http.StatusOK) }}
	var rows []*row
	for _, account := range accounts[:4] {
		var form url.Values
		r := &row{name: account.name}
		r.prepare = func() {
			g.stand("x", account.prepare)
			form = g.forgotten("Regenboog01")
		}
		r.run = func() { g.post(forgottenPath, form).expect(http.StatusSeeOther) }
		rows = append(rows, r)
	}
	return compared(floor, rows)
}

// compared are the rows of a table: its floor, and groups that are each compared with their first.
func compared(floor *row, groups ...[]*row) []*row {
	for _, group := range groups {
		for _, r := range group[1:] {
			r.like = group[0]
		}
	}
	return slices.Concat(append([][]*row{{floor}}, groups...)...)
}
