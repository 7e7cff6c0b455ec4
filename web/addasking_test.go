package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// asksToAdd has the last login, a linked person, wait for the representatives of an institution, and returns the token in
// the mail to one.
func (w *world) asksToAdd(code onboarding.InstitutionCode, change func(*store.Approval)) (asked store.Approval, token string) {
	w.t.Helper()
	_, err := w.sql.Exec(`insert into institutions (code, kind, name) values ($1, 'school', 'De Kring') on conflict do nothing`, code)
	w.must(err)
	a := w.addition(code, func(a *store.Addition) {
		a.Step, a.Deadline = onboarding.AwaitRepresentative, w.now.Add(onboarding.ApprovalOpen)
	})
	sealed, err := w.records.Seal(store.ApprovalAddress(a.ID, 1), []byte(jansAddress))
	w.must(err)
	asked = store.Approval{Case: a.ID, Number: 1, Kind: onboarding.AdditionCase, WorkflowID: a.WorkflowID, Identity: a.Identity,
		Reference: a.Reference, Institution: code, Ground: onboarding.NoContact, Subject: string(code), Address: sealed,
		Language: "nl", KeyID: "p1", Paused: a.Since.Add(onboarding.AdditionOpen), RequestedAt: w.now, ExpiresAt: w.now.Add(onboarding.ApprovalOpen)}
	if change != nil {
		change(&asked)
	}
	_, err = w.sql.Exec(`update additions set reference = $2 where id = $1`, a.ID, asked.Reference)
	w.must(err)
	sum := sha256.Sum256([]byte(a.ID))
	token = base64.RawURLEncoding.EncodeToString(sum[:])
	link := sha256.Sum256([]byte(token))
	w.question(asked, link[:])
	return asked, token
}

func TestRepresentativeIsAskedForAnInstitutionByItsCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("07XY")
	for _, code := range []string{"16AH", "07XY"} { // no contact; another board
		w.engine.answers(onboarding.Verdict{Outcome: onboarding.NeedsApproval})
		form := b.with(proofPath+"?instelling="+code, url.Values{institutionField: {code}})
		b.post(askPath, form).redirects(proofPath + "?instelling=" + code)
		if last := w.engine.last(); last.UpdateName != workflows.AskRepresentative {
			t.Errorf("%s: asked for %s", code, last.UpdateName)
		}
	}
	if len(w.engine.added) != 2 || w.engine.added[0].Institution != "16AH" || w.engine.added[1].Institution != "07XY" {
		t.Errorf("cases of %+v", w.engine.added)
	}
	w.now = w.now.Add(onboarding.LoginFresh + 1)
	b.post(askPath, url.Values{nonceField: {"x"}, institutionField: {"16AH"}}).expect(http.StatusForbidden).headed(nl("p.fresh.add.h"))
}

func TestWaitOfAnAdditionStandsOnEveryPageAboutIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister()
	asked, token := w.asksToAdd("16AH", nil)
	page := b.get(proofPath+"?instelling=16AH").expect(http.StatusOK).headed(nl("p.wait.h")).
		says("de gemachtigde van De Kring om toestemming", "28 april 2026", jansAddress, string(asked.Reference))
	if strings.Contains(page.Body.String(), "directeur") {
		t.Error("the page tells who is asked")
	}
	b.get(resultPath+"?instelling=16AH").says("Antwoorden kan tot 28 april 2026 om 12.00 uur", string(asked.Reference))
	b.get(addPath).says(nl("add.waiting.h"), "De Kring, Utrecht, 16AH")
	w.browser().opens(token).expect(http.StatusOK).says(nl("ap.why.contact", "naam", "De Kring"), "j***@regenboog.example")
}

func TestPersonWithdrawsTheQuestionOfTheirOwnCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister()
	w.asksToAdd("16AH", nil)
	page := proofPath + "?instelling=16AH"
	b.post(withdrawPath, url.Values{nonceField: {"x.y"}, institutionField: {"16AH"}}).redirects(page)
	if len(w.engine.updates) != 0 {
		t.Fatal("withdrawn without a nonce")
	}
	b.post(withdrawPath, b.with(page, url.Values{institutionField: {"16AH"}})).redirects(page)
	if last := w.engine.last(); last.UpdateName != workflows.WithdrawApproval || !strings.HasPrefix(last.WorkflowID, "add-") {
		t.Errorf("%s of %s", last.UpdateName, last.WorkflowID)
	}
}

func TestWhyTheRepresentativesAnswerAddedNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister()
	for refusal, keys := range map[onboarding.Outcome][2]string{
		onboarding.NotApproved: {"add.refused", "res.refused"}, onboarding.NotAnswered: {"add.lapsed", "res.lapsed"},
	} {
		w.addition("16AH", func(a *store.Addition) { a.Refusal = refusal })
		b.get(proofPath+"?instelling=16AH").says(nl(keys[0], "naam", "De Kring", "code", "16AH"), "K3TF-9M2Q")
		b.get(resultPath + "?instelling=16AH").says(nl(keys[1]))
	}
}
