package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// forgets lets a request for a new password await its representative, for one of the accounts of De Regenboog or for all
// of them, and returns the token in the mail.
func (w *world) forgets(usernames ...string) (token string) {
	w.t.Helper()
	_, err := w.sql.Exec(`insert into institutions (code, kind, name) values ('03AB', 'school', 'De Regenboog') on conflict do nothing`)
	w.must(err)
	_, err = w.sql.Exec(`delete from legacy_accounts where person is null and not exists (select from resets where account = legacy_accounts.id)`)
	w.must(err)
	r := store.Reset{AskedAt: w.now, Case: store.Case{ID: newUUID(), WorkflowID: "reset-" + newUUID(), Identity: w.identity(), Reference: "K3TF-9M2Q",
		Language: "nl", Step: onboarding.Finding, Since: w.now, Deadline: w.now.Add(onboarding.ResetOpen)}}
	for _, username := range usernames {
		w.must(w.sql.QueryRow(`
			insert into legacy_accounts (username, username_key, email, institution) values ($1, lower($1) || gen_random_uuid(), 'oud@regenboog.example', '03AB')
			returning id`, username).Scan(&r.Account))
	}
	if len(usernames) > 1 {
		r.Account = ""
	}
	hash := sha256.Sum256([]byte(r.ID))
	token = base64.RawURLEncoding.EncodeToString(hash[:])
	link := sha256.Sum256([]byte(token))
	w.transact(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.OpenReset(ctx, r); err != nil {
			return err
		}
		r.Institution, r.Step, r.Generation = "03AB", onboarding.AwaitRepresentative, 1
		if err := tx.RequestMail(ctx, r.ID, store.Mail{Kind: onboarding.ResetMail, Number: 1, Generation: 1, RequestedAt: w.now,
			Recipient: "directeur@regenboog.example", Link: link[:]}); err != nil {
			return err
		}
		if err := tx.SetMailState(ctx, r.ID, onboarding.ResetMail, 1, onboarding.MailSent, 0, w.now); err != nil {
			return err
		}
		return tx.SaveReset(ctx, r)
	})
	return token
}

func (b *browser) opensReset(token string) answer {
	b.w.t.Helper()
	return b.follow(b.get("/wachtwoord/nieuw?sleutel=" + token))
}

// choosePassword fills in the form behind the link.
func (b *browser) choosePassword(page answer, password string, more ...string) answer {
	b.w.t.Helper()
	form := url.Values{"nonce": {page.value("nonce")}, "new": {password}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return b.post(newPasswordPath, form)
}

const goodPassword = "zeven fietsen op het dak"

func TestNewPasswordIsAskedForAndThePageSaysWhatHappensNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	page := b.get(forgottenPath).expect(200).headed(nl("fg.h"))
	sent := b.post(forgottenPath, url.Values{"nonce": {page.value("nonce")}, "account": {" 16 ah00 "}})
	next := b.follow(sent).expect(200).headed(nl("fs.h")).says("22 april 2026, 12.00 uur")
	id := workflows.PasswordResetID(w.lookup.Hash, "16AH")
	if w.engine.last().WorkflowID != id || w.engine.last().UpdateName != workflows.RequestReset || len(w.engine.resets) != 1 {
		t.Errorf("asked %+v, started %+v", w.engine.last(), w.engine.resets)
	}
	next.says(string(workflows.Reference(w.lookup.Hash, id)))
	w.now = w.now.Add(25 * time.Hour)
	b.login("jane")
	b.get(sent.redirect()).redirects(forgottenPath)
	b.get(askedPath + "?om=x&zaak=<b>").redirects(forgottenPath)
	b.post(forgottenPath, url.Values{"nonce": {page.value("nonce")}, "account": {"x"}}).expect(http.StatusUnprocessableEntity) // of another session
	b.get(linkPath).says(nl("pw.forgot"))
}

func TestAskingForAPasswordNeedsALogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().get(forgottenPath).redirects(loginPath)
	w.browser().get(askedPath).redirects(loginPath)
	w.browser().post(forgottenPath, url.Values{"account": {"Regenboog01"}}).redirects(loginPath)
	if len(w.engine.updates) != 0 {
		t.Error("a stranger asked for a password")
	}
}

// T19, mail scanners: only the post uses the link, and the address never keeps the token.
func TestLinkDoesNothingUntilThePasswordIsChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	token := w.forgets("Regenboog01")
	for range 3 {
		w.browser().opensReset(token).expect(200)
	}
	b := w.browser()
	page := b.opensReset(token).expect(200).headed(nl("rs.h")).says("De Regenboog (03AB)", "Regenboog01")
	if len(w.engine.updates) != 0 || strings.Contains(page.Body.String(), token) {
		t.Errorf("asking for the page made %d updates, or shows the token", len(w.engine.updates))
	}
	saved := b.choosePassword(page, goodPassword)
	saved.redirects(passwordChangedPath)
	b.follow(saved).expect(200).headed(nl("rd.h"))
	update := w.engine.last()
	if update.UpdateName != workflows.SetPassword || !strings.HasPrefix(update.WorkflowID, "reset-") {
		t.Errorf("update %+v", update)
	}
	if b.cookies["__Host-reset"] != "" {
		t.Error("the browser keeps the token after it was used")
	}
	b.get(newPasswordPath).expect(http.StatusGone).headed(nl("p.reset.h"))
	if strings.Contains(w.log.String(), token) || strings.Contains(w.log.String(), goodPassword) {
		t.Error("the log holds a secret")
	}
}

func TestDeadLinksAllLookTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	for name, spoil := range map[string]string{
		"replaced":            `update resets set generation = 2`,
		"used":                `update resets set step = 'notifying'`,
		"over":                `update resets set step = 'expired', ended_at = now()`,
		"too old":             `update mails set accepted_at = accepted_at - interval '24 hours'`,
		"account linked":      `update legacy_accounts set password_ended_at = '2026-04-21 10:00:01Z'`,
		"another institution": `update legacy_accounts set institution = '31002'`,
	} {
		t.Run(name, func(t *testing.T) {
			defer w.lend(t)()
			_, err := w.sql.Exec(`delete from mails; delete from resets; delete from legacy_accounts;
				insert into institutions (code, kind, name) values ('31002', 'board', 'Stichting Duinhaven') on conflict do nothing`)
			w.must(err)
			token := w.forgets("Regenboog01")
			b := w.browser()
			page := b.opensReset(token).expect(200)
			_, err = w.sql.Exec(spoil)
			w.must(err)
			before := len(w.engine.updates)
			b.choosePassword(page, goodPassword).expect(http.StatusGone).headed(nl("p.reset.h"))
			w.browser().opensReset(token).expect(http.StatusGone).headed(nl("p.reset.h"))
			if len(w.engine.updates) != before {
				t.Error("the worker was asked")
			}
		})
	}
	w.browser().opensReset(strings.Repeat("x", 43)).expect(http.StatusGone).headed(nl("p.reset.h"))
	w.browser().get(newPasswordPath).expect(http.StatusGone).headed(nl("p.reset.h"))
}

func TestWhoMayChooseAmongAccountsChoosesOneOfThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	token := w.forgets("Regenboog01", "Regenboog02")
	b := w.browser()
	page := b.opensReset(token).expect(200).says("Regenboog01", "Regenboog02")
	b.choosePassword(page, goodPassword).expect(http.StatusUnprocessableEntity).says(nl("e.account.choose"))
	b.choosePassword(page, goodPassword, "keuze", newUUID()).expect(http.StatusUnprocessableEntity).says(nl("e.account.choose"))
	second := page.doc.Find(`[name="keuze"]`).Eq(1).AttrOr("value", "")
	again := b.choosePassword(page, "kort", "keuze", second).expect(http.StatusUnprocessableEntity).says(nl("e.new.short"))
	if chosen := again.doc.Find(`[name="keuze"][checked]`).AttrOr("value", ""); chosen != second {
		t.Errorf("the page comes back with %q chosen, want %q", chosen, second)
	}
	english := b.switchLanguage(again).expect(http.StatusUnprocessableEntity).headed(en("rs.h"))
	if chosen := english.doc.Find(`[name="keuze"][checked]`).AttrOr("value", ""); chosen != second {
		t.Errorf("in the other language %q is chosen, want %q", chosen, second)
	}
	b.choosePassword(again, goodPassword, "keuze", second).redirects(passwordChangedPath)
}

func TestPasswordsThatWillNotDoComeBackWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().login("jane")
	b := w.browser()
	page := b.opensReset(w.forgets("Regenboog01"))
	b.choosePassword(page, "elf-tekens!").expect(http.StatusUnprocessableEntity).says(nl("e.new.short"))
	b.choosePassword(page, strings.Repeat("lang", 33)).expect(http.StatusUnprocessableEntity).says(nl("e.new.long"))
	b.choosePassword(page, goodPassword, "nonce", "x.y").expect(http.StatusUnprocessableEntity).says(nl("e.stale"))
	if len(w.engine.updates) != 0 {
		t.Error("the worker was asked")
	}
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.KnownPassword})
	known := b.choosePassword(page, "Regenboog-2024").expect(http.StatusUnprocessableEntity).says(nl("e.new.known"))
	if strings.Contains(known.Body.String(), "Regenboog-2024") {
		t.Error("the password stands on the page")
	}
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.DeadLink})
	b.choosePassword(known, goodPassword).expect(http.StatusGone).headed(nl("p.reset.h"))
}
