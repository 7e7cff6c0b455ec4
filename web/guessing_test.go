package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/keys"
	"koppel/onboarding"
	"koppel/passwords"
	"koppel/workflows"
)

// guesser is somebody of the account's own organisation who tries passwords, with all of koppel behind it but the
// engine: the real handlers, the real check and the real database.
type guesser struct {
	*browser
	check *activities.Activities
}

// What stands behind the username that is tried. Only the database differs, never what is typed.
var accounts = []struct{ name, prepare string }{
	{"unknown", `delete from legacy_accounts`},
	{"wrong", ``},
	{"linked", `
		with person as (insert into persons (email, language, created_at) values ('p@regenboog.example', 'nl', now()) returning id)
		update legacy_accounts set password_hash = null, person = person.id, linked_at = now() from person`},
	{"locked for somebody else", `
		insert into attempts (scope, subject, failures, locks, first_at, last_at, locked_until)
		values ('credentials', 'somebody', 0, 1, now(), now(), now() + interval '1 year')`},
	{"without a password", `update legacy_accounts set password_hash = null`},
	{"of another board", `update legacy_accounts set institution = '31002'`},
}

func newGuesser(t testing.TB) *guesser {
	t.Helper()
	w := newWorld(t)
	g := &guesser{w.browser(), &activities.Activities{Store: w.db, Lookup: w.lookup, Records: w.records, Receiver: w.receiver,
		Now: w.clock, Log: slog.New(slog.DiscardHandler)}}
	w.must(g.check.PINs.UnmarshalText([]byte("p1:" + keys.Generate())))
	w.engine.judge = g.judge
	_, err := w.sql.Exec(`
		insert into institutions (code, kind, name, board, kvk) values
			('10249', 'board', 'Stichting De Regenboog', null, '90001234'), ('03AB', 'school', 'De Regenboog', '10249', null),
			('31002', 'board', 'Stichting Duinhaven', null, '90005678')`)
	w.must(err)
	g.login("jane")
	w.at(onboarding.AwaitProof, nil)
	return g
}

// stand puts an account behind the username, with a password of this hash, and lets all tries be forgotten.
func (g *guesser) stand(hash, prepare string) {
	g.w.t.Helper()
	g.address = g.w.browser().address // a network that has rested
	for _, statement := range []string{
		`delete from legacy_accounts; delete from persons; delete from attempts; delete from outcomes; delete from handovers;
		update linkings set locked_until = null, refusal = ''`,
		`insert into legacy_accounts (username, username_key, email, institution, password_hash)
		values ('Regenboog01', 'regenboog01', 'oud@regenboog.example', '03AB', '` + hash + `')`,
		prepare,
	} {
		_, err := g.w.sql.Exec(statement)
		g.w.must(err)
	}
}

// judge checks what was handed over as the workflow would have it checked.
func (g *guesser) judge(name string, s workflows.Submission) (verdict onboarding.Verdict, err error) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: workflows.LinkingID(g.w.identity())})
	env.SetTestTimeout(time.Minute)
	env.RegisterActivity(g.check)
	var caseID string
	g.w.must(g.w.sql.QueryRow(`select id from linkings`).Scan(&caseID))
	check := g.check.CheckCredentials
	if name == workflows.SubmitActivationCode {
		check = g.check.CheckActivationCode
	}
	env.ExecuteWorkflow(func(ctx workflow.Context) (checked activities.Checked, err error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		err = workflow.ExecuteActivity(ctx, check,
			activities.Check{Case: caseID, Handover: s.Handover, Update: s.Handover}).Get(ctx, &checked)
		return checked, err
	})
	var checked activities.Checked
	err = env.GetWorkflowResult(&checked)
	return checked.Verdict, err
}

// guess sends a wrong password; form is one that was filled in before.
func (g *guesser) guess(form url.Values) answer { return g.post(linkPath, form) }

// form fills in the form with a wrong password. While the step is locked its page has no form: any nonce will do then.
func (g *guesser) form() url.Values {
	g.w.t.Helper()
	form := credentials(newNonce(g.formKey()))
	form.Set("password", "wrong")
	return form
}

func (g *guesser) formKey() (key []byte) {
	g.w.must(g.w.sql.QueryRow(`select form_key from sessions`).Scan(&key))
	return key
}

// all is everything of an answer that a stranger sees, nonces masked.
func (g *guesser) all(a answer) string {
	var whole strings.Builder
	masks := []string{policy.FindStringSubmatch(a.Header().Get("Content-Security-Policy"))[1], "CSP"}
	a.doc.Find(`[name="nonce"]`).Each(func(_ int, input *selection) {
		masks = append(masks, input.AttrOr("value", ""), "NONCE")
	})
	g.w.must(a.Result().Write(&whole))
	return strings.NewReplacer(masks...).Replace(whole.String())
}

// T11: who tries passwords gets, byte for byte, the same pages whatever stands behind the username, up to the lock
// and beyond it.
func TestPagesOfAGuesserAreEqualWhateverTheAccount(t *testing.T) {
	t.Parallel()
	g := newGuesser(t)
	hash, err := passwords.Params{Memory: 64, Passes: 1, Lanes: 1}.Hash(t.Context(), "Regenboog-2019")
	g.w.must(err)
	var want []string
	for i, account := range accounts {
		g.stand(hash, account.prepare)
		for try := range 6 {
			answered := g.guess(g.form())
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
				t.Errorf("%s, try %d:\n%s\nwant as %s:\n%s", account.name, try+1, pages, accounts[0].name, want[try])
			}
		}
	}
	if len(want) != 6 || want[3] == want[4] || !strings.Contains(want[4], nl("p.credblock.h")) {
		t.Error("the fifth try does not lock")
	}
}

// T11: who asks for a new password gets the same pages, byte for byte, whatever stands behind what was typed: nobody looks
// before the answer.
func TestAskingForANewPasswordAnswersAlikeWhateverTheAccount(t *testing.T) {
	t.Parallel()
	g := newGuesser(t)
	g.w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	behind := append(slices.Clone(accounts), []struct{ name, prepare string }{
		{"one of several of the institution", `
			insert into legacy_accounts (username, username_key, email, institution, password_hash)
			values ('Regenboog02', 'regenboog02', 'oud@regenboog.example', '03AB', 'x')`},
		{"of a closed institution", `update institutions set closed_on = '2026-01-01' where code = '03AB'`},
	}...)
	for _, typed := range []string{"Regenboog01", "03AB", "10249"} {
		var want string
		for i, account := range behind {
			g.stand("x", account.prepare)
			answered := g.post(forgottenPath, g.forgotten(typed))
			pages := g.all(answered) + g.all(g.follow(answered).expect(http.StatusOK).headed(nl("fs.h")))
			if i == 0 {
				want = pages
			}
			if pages != want {
				t.Errorf("%s, %s:\n%s\nwant as %s:\n%s", typed, account.name, pages, behind[0].name, want)
			}
		}
	}
}

// forgotten fills in the form that asks for a new password.
func (g *guesser) forgotten(typed string) url.Values {
	g.w.t.Helper()
	return url.Values{"nonce": {newNonce(g.formKey())}, "account": {typed}}
}
