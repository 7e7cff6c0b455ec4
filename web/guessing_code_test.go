package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"koppel/onboarding"
	"koppel/passwords"
)

// What stands behind the selector of the code that is tried. Only the database differs, never what is typed.
var selectors = []struct{ name, prepare string }{
	{"unknown", `delete from activation_codes`},
	{"wrong", ``},
	{"used", `update activation_codes set used_at = now()`},
	{"voided", `update activation_codes set voided_at = now()`},
	{"too old", `update activation_codes set expires_at = '2026-01-01'`},
	{"of another board", `update activation_codes set institution = '31002'`},
	{"of a school that somebody works for", `
		with person as (insert into persons (email, language, created_at) values ('p@regenboog.example', 'nl', now()) returning id)
		insert into memberships (person, institution, source, since) select id, '03AB', 'activation', now() from person`},
}

// standCode puts a code behind the selector, whose secret has this hash, and lets all tries be forgotten.
func (g *guesser) standCode(hash, prepare string) {
	g.w.t.Helper()
	g.address = g.w.browser().address
	for _, statement := range []string{
		`delete from activation_codes; delete from persons; delete from attempts; delete from outcomes; delete from handovers; delete from drafts;
		update linkings set locked_until = null, refusal = ''`,
		`insert into activation_codes (selector, secret_hash, institution, issued_at, expires_at)
		values ('BFGG', '` + hash + `', '03AB', now(), '2036-01-01')`,
		prepare,
	} {
		_, err := g.w.sql.Exec(statement)
		g.w.must(err)
	}
}

// codeForm fills in a code whose secret is wrong.
func (g *guesser) codeForm() url.Values { return activation(newNonce(g.formKey())) }

// T11: who tries activation codes gets, byte for byte, the same pages whatever stands behind the selector, up to the
// lock and beyond it.
func TestPagesOfAGuesserAreEqualWhateverTheActivationCode(t *testing.T) {
	t.Parallel()
	g := newGuesser(t)
	hash, err := passwords.Params{Memory: 64, Passes: 1, Lanes: 1}.Hash(t.Context(), "ANOTHERONE1")
	g.w.must(err)
	var want []string
	for i, code := range selectors {
		g.standCode(hash, code.prepare)
		for try := range onboarding.CodeTries.Max + 1 {
			answered := g.post(codePath, g.codeForm())
			pages := g.all(answered)
			if answered.Code == http.StatusSeeOther {
				pages += g.all(g.follow(answered).expect(http.StatusTooManyRequests).headed(nl("p.credblock.h")))
			} else {
				answered.expect(http.StatusUnprocessableEntity)
			}
			switch {
			case i == 0:
				want = append(want, pages)
			case pages != want[try]:
				t.Errorf("%s, try %d:\n%s\nwant as %s:\n%s", code.name, try+1, pages, selectors[0].name, want[try])
			}
		}
	}
	if len(want) != 6 || want[3] == want[4] || !strings.Contains(want[4], nl("p.credblock.h")) {
		t.Error("the fifth try does not lock")
	}
}
