package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// asks lets the case of the last login await an approval, and returns what was asked and the token in the mail.
func (w *world) asks(change func(*store.Approval)) (store.Approval, string) {
	w.t.Helper()
	_, err := w.sql.Exec(`insert into institutions (code, kind, name) values ('03AB', 'school', 'De Regenboog') on conflict do nothing`)
	w.must(err)
	l := w.at(onboarding.AwaitRepresentative, nil)
	sealed, err := w.records.Seal(store.ApprovalAddress(l.ID, 1), []byte(jansAddress))
	w.must(err)
	asked := store.Approval{Case: l.ID, Number: 1, Kind: onboarding.LinkingCase, WorkflowID: l.WorkflowID, Identity: l.Identity,
		Reference: l.Reference, Institution: "03AB", Ground: onboarding.OtherOrganisation, Subject: "account", Address: sealed, Language: "nl", KeyID: "p1", Paused: l.Deadline,
		RequestedAt: w.now, ExpiresAt: w.now.Add(onboarding.ApprovalOpen)}
	if change != nil {
		change(&asked)
	}
	token := sha256.Sum256([]byte(l.ID))
	encoded := base64.RawURLEncoding.EncodeToString(token[:])
	link := sha256.Sum256([]byte(encoded))
	w.question(asked, link[:])
	if asked.Decision != "" {
		w.decides(asked, asked.Decision)
	}
	return asked, encoded
}

// question writes what representatives are asked, and the mail with its link.
func (w *world) question(asked store.Approval, link []byte) {
	w.t.Helper()
	w.transact(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddApproval(ctx, asked); err != nil {
			return err
		}
		return tx.RequestMail(ctx, asked.Case, store.Mail{Kind: onboarding.ApprovalMail, Number: 1, Generation: 1, RequestedAt: w.now,
			Recipient: "directeur@regenboog.example", Link: link})
	})
}

func (w *world) decides(asked store.Approval, decision onboarding.Decision) {
	w.t.Helper()
	asked.Decision, asked.DecidedAt.Time, asked.DecidedAt.Valid = decision, w.now, true
	w.transact(func(ctx context.Context, tx *store.Tx) error { return tx.SaveApproval(ctx, asked) })
}

// opens follows the link in a mail.
func (b *browser) opens(token string) answer {
	b.w.t.Helper()
	return b.follow(b.get("/toestemming?sleutel=" + token))
}

func TestWaitingPageNamesTheSchoolAndNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	b.get(waitPath).redirects(linkPath)
	w.asks(nil)
	b.get(linkPath).redirects(waitPath)
	b.get(pinPath).redirects(waitPath)
	page := b.get(waitPath).expect(200).headed(nl("p.wait.h")).
		says("de gemachtigde van De Regenboog", "03AB", "21 april 2026", "12.00", "28 april 2026", jansAddress, string(w.engine.started[0].Reference))
	if strings.Contains(page.Body.String(), "directeur") {
		t.Error("the page tells who is asked")
	}
}

func TestOtherDetailsWithdrawTheQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.asks(nil)
	b.post("/koppelen/andere-gegevens", url.Values{"nonce": {"x.y"}}).redirects(waitPath)
	if len(w.engine.updates) != 0 {
		t.Fatal("withdrawn without a nonce")
	}
	b.post("/koppelen/andere-gegevens", url.Values{"nonce": {b.get(waitPath).value("nonce")}})
	if w.engine.last().UpdateName != workflows.WithdrawApproval {
		t.Errorf("update %s", w.engine.last().UpdateName)
	}
}

func TestRepresentativeSeesWhoWhenAndWhichSchoolWithTwoEqualButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	_, token := w.asks(nil)
	page := w.browser().opens(token).expect(200).
		says("De Regenboog", "03AB", "90001234", "21 april 2026", "12.00", "j***@regenboog.example")
	if strings.Contains(page.Body.String(), jansAddress) || strings.Contains(page.Body.String(), token) {
		t.Error("the page shows the address or the token")
	}
	buttons := page.doc.Find(`main form button`)
	if buttons.Length() != 2 || buttons.Eq(0).AttrOr("class", "") != buttons.Eq(1).AttrOr("class", "!") {
		t.Errorf("%d buttons, want two that look the same", buttons.Length())
	}
}

// T19: what opens links by itself decides nothing.
func TestAskingForTheQuestionDecidesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	asked, token := w.asks(nil)
	scanner := w.browser()
	for range 3 {
		scanner.opens(token).expect(200)
		scanner.get("/toestemming?sleutel=" + token + "&antwoord=toestaan")
		scanner.get("/toestemming?antwoord=toestaan")
		scanner.send(httptest.NewRequest(http.MethodHead, publicURL+"/toestemming?sleutel="+token, nil))
	}
	for name, values := range map[string]url.Values{
		"without a nonce":        {"antwoord": {"toestaan"}},
		"with a made-up nonce":   {"nonce": {"x.y"}, "antwoord": {"toestaan"}},
		"without an answer":      {"nonce": {scanner.get("/toestemming").value("nonce")}},
		"with an unknown answer": {"nonce": {scanner.get("/toestemming").value("nonce")}, "antwoord": {"lapsed"}},
	} {
		if got := scanner.post("/toestemming", values).redirect(); got != "/toestemming" {
			t.Errorf("%s leads to %s", name, got)
		}
	}
	w.browser().post("/toestemming", url.Values{"antwoord": {"toestaan"}}).expect(http.StatusGone)
	if len(w.engine.updates) != 0 {
		t.Errorf("%d updates", len(w.engine.updates))
	}
	found, err := w.db.ApprovalOfCase(t.Context(), asked.Case)
	if err != nil || found.Decision != "" {
		t.Errorf("decided %q, %v", found.Decision, err)
	}
}

func TestAnswerGoesSealedToTheCaseAndWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	asked, token := w.asks(nil)
	b := w.browser() // of somebody who has never logged in
	form := url.Values{"nonce": {b.opens(token).value("nonce")}, "antwoord": {"weigeren"}}
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.Accepted})
	sent := b.post("/toestemming", form)
	update := w.engine.last()
	if update.UpdateName != workflows.DecideApproval || update.WorkflowID != asked.WorkflowID {
		t.Fatalf("update %s of %s", update.UpdateName, update.WorkflowID)
	}
	var input approvalInput
	w.handedOver(update.UpdateID, &input)
	if input.Token != token || input.Decision != onboarding.Declined {
		t.Errorf("handed over %+v", input)
	}
	w.decides(asked, onboarding.Declined)
	b.follow(sent).expect(200).headed(nl("p.ap.no.h"))
	b.opens(token).expect(http.StatusGone).headed(nl("p.ap.done.h"))
	updates := len(w.engine.updates)
	form.Set("antwoord", "toestaan")
	b.follow(b.post("/toestemming", form)).expect(http.StatusGone).headed(nl("p.ap.done.h"))
	if len(w.engine.updates) != updates {
		t.Error("the second answer reached the case")
	}
}

func TestLinkThatIsTooOldOrReplacedSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	asked, token := w.asks(nil)
	b := w.browser()
	b.opens(token).expect(200)
	w.transact(func(ctx context.Context, tx *store.Tx) error { return tx.EndLinks(ctx, asked.Case) })
	b.get("/toestemming").expect(http.StatusGone).headed(nl("p.ap.gone.h"))
	w.now = w.now.Add(time.Minute)
	w.browser().login("piet")
	_, token = w.asks(nil)
	w.now = w.now.Add(onboarding.ApprovalOpen)
	w.browser().opens(token).expect(http.StatusGone).headed(nl("p.ap.gone.h"))
}

func TestAnswerWhileTheEngineIsAwayIsNotPromised(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	_, token := w.asks(nil)
	b := w.browser()
	nonce := b.opens(token).value("nonce")
	w.engine.away = errAway
	b.post("/toestemming", url.Values{"nonce": {nonce}, "antwoord": {"toestaan"}}).expect(http.StatusServiceUnavailable)
	b.get("/toestemming").expect(200)
}
