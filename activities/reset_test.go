package activities

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
)

const (
	resetCase   = "77777777-7777-4777-8777-777777777777"
	director    = "directeur@regenboog.example"
	newPassword = "zeven fietsen op het dak"
)

// resets opens a request for a new password; De Regenboog has a representative, Duinhaven has none.
func newResets(t *testing.T) *desk {
	d := newDesk(t)
	d.PublicURL = "https://koppel.example"
	d.db.MustExec(`insert into representatives values ('03AB', $1)`, director)
	d.openReset(resetCase)
	return d
}

func (d *desk) openReset(caseID string) {
	d.t.Helper()
	_, err := do[any](d, d.OpenReset, Opening{Case: caseID, Identity: jane, Reference: "K3TF-9M2Q", Language: "nl", At: d.now, Deadline: d.now.Add(onboarding.ResetOpen)})
	noError(d.t, err)
}

func (d *desk) forgets(caseID, typed string) Checked {
	d.t.Helper()
	return d.repeat(d.hand(caseID, map[string]any{"account": typed, "identity": jane, "language": "nl"}))
}

func (d *desk) repeat(check Check) Checked {
	d.t.Helper()
	checked, err := do[Checked](d, d.RequestReset, check)
	noError(d.t, err)
	return checked
}

var mailedLink = regexp.MustCompile(`https://koppel\.example/wachtwoord/nieuw\?sleutel=([A-Za-z0-9_-]{43})\s`)

// mailLink sends a mail with a link and returns the token in it.
func (d *desk) mailLink(job MailJob) string {
	d.t.Helper()
	sent, err := do[Sent](d, d.SendResetLink, job)
	noError(d.t, err)
	mails := d.mails.Mails()
	if sent.State != onboarding.MailSent || len(mails) == 0 {
		d.t.Fatalf("SendResetLink: %+v", sent)
	}
	found := mailedLink.FindStringSubmatch(mails[len(mails)-1].Text)
	if found == nil {
		d.t.Fatalf("no link in %q", mails[len(mails)-1].Text)
	}
	return found[1]
}

func (d *desk) choose(token, account, password string) Checked {
	d.t.Helper()
	checked, err := do[Checked](d, d.SetPassword, d.hand(resetCase, map[string]any{"token": token, "account": account, "password": password}))
	noError(d.t, err)
	return checked
}

func (d *desk) wantReset(want onboarding.Step) {
	d.t.Helper()
	if got := d.text(`select step from resets where id = $1`, resetCase); got != string(want) {
		d.t.Errorf("the request is at %s, want %s", got, want)
	}
}

func wantAnswer(t *testing.T, checked Checked, want onboarding.Outcome, mails int) {
	t.Helper()
	if checked.Verdict.Outcome != want || len(checked.Mails) != mails {
		t.Errorf("%+v, want %s and %d mails", checked, want, mails)
	}
}

func TestRepresentativeChoosesANewPasswordAndBothSidesAreTold(t *testing.T) {
	d := newResets(t)
	asked := d.forgets(resetCase, " REGENBOOG01 ")
	wantAnswer(t, asked, onboarding.Accepted, 1)
	token := d.mailLink(asked.Mails[0])
	d.wantReset(onboarding.AwaitRepresentative)
	d.now = d.now.Add(time.Hour)
	chosen := d.choose(token, "", newPassword)
	wantAnswer(t, chosen, onboarding.Accepted, 2)
	for _, job := range chosen.Mails {
		if sent, err := do[Sent](d, d.SendPasswordNotice, job); err != nil || sent.State != onboarding.MailSent {
			t.Errorf("notice %+v: %+v, %v", job, sent, err)
		}
	}
	var to []string
	for _, m := range d.mails.Mails() {
		to = append(to, m.To...)
		if strings.Contains(m.Text, newPassword) {
			t.Error("a mail holds the password")
		}
	}
	if want := director + " " + director + " " + ownerEmail; strings.Join(to, " ") != want {
		t.Errorf("mails went to %v, want %s", to, want)
	}
	right, err := passwords.Verify(t.Context(), d.text(`select password_hash from legacy_accounts where username_key = 'regenboog01'`), newPassword)
	if !right || err != nil {
		t.Errorf("the new password is not right: %v", err)
	}
	wantAnswer(t, d.choose(token, "", "een heel ander wachtwoord"), onboarding.DeadLink, 0)
	if n := d.count(`select count(*) from audit where event = 'password.reset'`); n != 1 {
		t.Errorf("%d times in the audit", n)
	}
	proved := d.credentials(janeCase, janeUsername, newPassword, janeEmail)
	wantAnswer(t, proved, onboarding.Accepted, 1)
	if old := d.credentials(janeCase, janeUsername, janePassword, janeEmail); old.Verdict.Outcome == onboarding.Accepted {
		t.Error("the old password still works")
	}
}

// T11: what comes of a request is told to the helpdesk only.
func TestRequestEndsWithWhatTheHelpdeskNeedsToKnow(t *testing.T) {
	for name, test := range map[string]struct {
		typed, prepare string
		want           onboarding.Outcome
		mails          int
		step           onboarding.Step
	}{
		"username":            {"Regenboog01", ``, onboarding.Accepted, 1, onboarding.MailingLink},
		"code":                {"03 ab", ``, onboarding.Accepted, 1, onboarding.MailingLink},
		"branch":              {"03AB00", ``, onboarding.Accepted, 1, onboarding.MailingLink},
		"two representatives": {"03AB", `insert into representatives values ('03AB', 'adjunct@regenboog.example')`, onboarding.Accepted, 2, onboarding.MailingLink},
		"of the board":        {"03AB", `update representatives set institution = '10249'`, onboarding.Accepted, 1, onboarding.MailingLink},
		"none":                {"31002", ``, onboarding.NoRepresentative, 0, onboarding.AwaitHelpdesk},
		"unknown":             {"nobody", ``, onboarding.UnknownAccount, 0, onboarding.AwaitEnd},
		"code without":        {"10249", ``, onboarding.UnknownAccount, 0, onboarding.AwaitEnd},
		"closed":              {"03AB", `update institutions set closed_on = '2026-01-01' where code = '03AB'`, onboarding.UnknownAccount, 0, onboarding.AwaitEnd},
	} {
		t.Run(name, func(t *testing.T) {
			d := newResets(t)
			d.db.MustExec(test.prepare)
			check := d.hand(resetCase, map[string]any{"account": test.typed, "identity": jane, "language": "nl"})
			wantAnswer(t, d.repeat(check), test.want, test.mails)
			wantAnswer(t, d.repeat(check), test.want, test.mails) // run twice: one effect
			d.wantReset(test.step)
			if n := d.count(`select count(*) from mails`); n != test.mails {
				t.Errorf("%d mails are named, want %d", n, test.mails)
			}
		})
	}
}

func TestLimitsOnRequestsForAPassword(t *testing.T) {
	d := newResets(t)
	for i, want := range []onboarding.Outcome{onboarding.Accepted, onboarding.Accepted, onboarding.TooManyRequests} {
		if got := d.forgets(resetCase, "regenboog01").Verdict.Outcome; got != want {
			t.Errorf("request %d of a day: %s, want %s", i+1, got, want)
		}
	}
	d.now = d.now.Add(24 * time.Hour)
	wantAnswer(t, d.forgets(resetCase, "regenboog01"), onboarding.Accepted, 1)

	for i, want := range []onboarding.Outcome{onboarding.Accepted, onboarding.Accepted, onboarding.TooManyRequests} {
		username, caseID := "ander"+string(rune('1'+i)), "7777777"+string(rune('1'+i))+"-7777-4777-8777-777777777777"
		d.db.MustExec(`insert into legacy_accounts (username, username_key, email, institution) values ($1, $1, 'x@y.example', '03AB')`, username)
		d.db.MustExec(`update resets set workflow_id = id::text`)
		d.openReset(caseID)
		if got := d.forgets(caseID, username).Verdict.Outcome; got != want {
			t.Errorf("request %d for the school: %s, want %s", i+2, got, want)
		}
	}
	d.failed(onboarding.ResetsPerIdentity, jane, onboarding.ResetsPerIdentity.Max)
	wantAnswer(t, d.forgets(resetCase, "31002"), onboarding.TooManyRequests, 0)
}

func TestLinksDieWhenTheyAreReplacedTooOldOrOvertaken(t *testing.T) {
	for name, spoil := range map[string]func(*desk){
		"replaced": func(d *desk) { d.forgets(resetCase, "regenboog01") },
		"reminded": func(d *desk) {
			if again, err := do[Checked](d, d.RemindReset, ResetTurn{Case: resetCase, Generation: 1}); err != nil || len(again.Mails) != 1 {
				d.t.Errorf("reminder: %+v, %v", again, err)
			}
		},
		"too old": func(d *desk) { d.now = d.now.Add(onboarding.ResetLinkLife) },
		"over": func(d *desk) {
			_, err := do[any](d, d.CloseReset, Closing{Case: resetCase, Step: onboarding.Expired})
			noError(d.t, err)
		},
		"linked": func(d *desk) { // T1: the account is linked while the request is open
			d.now = d.now.Add(time.Minute)
			d.pin(janeCase, d.mailPIN(d.prove()))
			_, err := do[Completed](d, d.CompleteLinking, Completion{Case: janeCase, Deadline: d.now.Add(time.Hour)})
			noError(d.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newResets(t)
			token := d.mailLink(d.forgets(resetCase, "regenboog01").Mails[0])
			spoil(d)
			wantAnswer(t, d.choose(token, "", newPassword), onboarding.DeadLink, 0)
			if n := d.count(`select count(*) from legacy_accounts where password_set_at is not null`); n != 0 {
				t.Error("the password was set all the same")
			}
			if _, err := d.Store.ResetPage(t.Context(), linkOf(token), d.now); onboarding.KindOf(err) != onboarding.NotFound {
				t.Errorf("the page still opens: %v", err)
			}
		})
	}
}

func TestReminderOfAnOvertakenRequestSaysSo(t *testing.T) {
	d := newResets(t)
	d.forgets(resetCase, "regenboog01")
	d.db.MustExec(`update legacy_accounts set password_ended_at = $1`, d.now.Add(time.Minute))
	again, err := do[Checked](d, d.RemindReset, ResetTurn{Case: resetCase, Generation: 1})
	noError(t, err)
	wantAnswer(t, again, onboarding.VoidRequest, 0)
}

func TestKnownPasswordsAreNotTaken(t *testing.T) {
	d := newResets(t)
	token := d.mailLink(d.forgets(resetCase, "regenboog01").Mails[0])
	for _, known := range []string{"Wachtwoord2024!", "Regenboog-2026", "03AB-regenboog01", "HelpdeskDUO2026"} {
		wantAnswer(t, d.choose(token, "", known), onboarding.KnownPassword, 0)
	}
	wantAnswer(t, d.choose(token, "", newPassword), onboarding.Accepted, 2)
}

func TestAccountIsChosenAmongThoseOfTheInstitution(t *testing.T) {
	d := newResets(t)
	d.db.MustExec(`insert into legacy_accounts (username, username_key, email, institution) values ('Regenboog02', 'regenboog02', 'twee@regenboog.example', '03AB')`)
	token := d.mailLink(d.forgets(resetCase, "03AB").Mails[0])
	page, err := d.Store.ResetPage(t.Context(), linkOf(token), d.now)
	if err != nil || len(page.Accounts) != 2 || page.Accounts[1] != (store.ResetAccount{ID: page.Accounts[1].ID, Username: "Regenboog02"}) {
		t.Fatalf("%+v, %v", page, err)
	}
	wantAnswer(t, d.choose(token, "", newPassword), onboarding.DeadLink, 0)
	wantAnswer(t, d.choose(token, d.text(`select id from legacy_accounts where username_key = 'duinhaven'`), newPassword), onboarding.DeadLink, 0)
	wantAnswer(t, d.choose(token, page.Accounts[1].ID, newPassword), onboarding.Accepted, 2)
}

func TestTokensAreNowhereInTheDatabase(t *testing.T) {
	d := newResets(t)
	token := d.mailLink(d.forgets(resetCase, "regenboog01").Mails[0])
	for _, table := range []string{"mails", "resets", "outcomes", "audit", "handovers"} {
		if n := d.count(`select count(*) from ` + table + ` where ` + table + `::text like '%` + token + `%'`); n != 0 {
			t.Errorf("the token stands in %s", table)
		}
	}
}
