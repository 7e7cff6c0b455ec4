package e2e

import (
	"database/sql"
	"regexp"
	"testing"
	"time"

	"koppel/devstack"
)

// TestWorkerKilledWhileAMailIsDue kills the worker while the mail server is away. The next worker sends the mail, once
// it can, and the visitor goes on in the same browser.
func TestWorkerKilledWhileAMailIsDue(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, startStack(t), wide, true)
	v.stack.Mailbox.SetFault(devstack.Fault{Code: 451, AtData: true})
	v.login("jane")
	v.link(regenboog1)
	v.stack.Worker.Kill()
	v.stack.Mailbox.SetFault(devstack.Fault{})
	start(t, v.stack.Worker)
	pin := v.mailedPIN(regenboog1.email, 1)
	v.open(v.stack.WebURL() + "/koppelen/pincode")
	v.confirm(pin)
	v.awaitPath("/start")
	v.onePIN(regenboog1.email)
	v.oneLink()
}

// TestWorkerKilledWhenAMailIsOut kills the worker after the mail server took the mail and before it could say so. The
// mail then comes twice, with the same PIN and the same name, which mail programs show as one.
func TestWorkerKilledWhenAMailIsOut(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, startStack(t), wide, true)
	v.stack.Mailbox.SetFault(devstack.Fault{NoReply: true})
	v.login("jane")
	v.link(regenboog1)
	first := v.mailedPIN(regenboog1.email, 1)
	v.stack.Worker.Kill()
	v.stack.Mailbox.SetFault(devstack.Fault{})
	start(t, v.stack.Worker)
	if second := v.mailedPIN(regenboog1.email, 2); second != first {
		t.Errorf("the second mail has PIN %s, the first %s", second, first)
	}
	v.open(v.stack.WebURL() + "/koppelen/pincode")
	v.confirm(first)
	v.awaitPath("/start")
	v.onePIN(regenboog1.email)
	v.oneLink()
}

// TestWebKilledWhileThePINIsAwaited kills web between the mail and the PIN. The visitor stays logged in.
func TestWebKilledWhileThePINIsAwaited(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, startStack(t), wide, true)
	v.login("jane")
	v.link(regenboog1)
	pin := v.mailedPIN(regenboog1.email, 1)
	v.stack.Web.Kill()
	start(t, v.stack.Web)
	v.confirm(pin)
	v.awaitPath("/start")
	v.onePIN(regenboog1.email)
	v.oneLink()
}

func start(t *testing.T, program *devstack.Program) {
	t.Helper()
	if err := program.Start(within(t, 30*time.Second)); err != nil {
		t.Fatal(err)
	}
}

// onePIN checks that all mails with a PIN to the address have the same PIN and the same Message-ID.
func (v *visitor) onePIN(email string) {
	v.t.Helper()
	pins, ids := map[string]bool{}, map[string]bool{}
	for _, mail := range v.stack.Mailbox.Mails(email) {
		if pin := regexp.MustCompile(`\b\d{6}\b`).FindString(mail.Text); pin != "" {
			pins[pin], ids[mail.MessageID] = true, true
		}
	}
	if len(pins) != 1 || len(ids) != 1 {
		v.t.Errorf("PINs %v in mails %v, want one of each", pins, ids)
	}
}

// oneLink checks that the database holds one link, made once.
func (v *visitor) oneLink() {
	v.t.Helper()
	db, err := sql.Open("postgres", v.stack.DatabaseURL)
	if err != nil {
		v.t.Fatal(err)
	}
	defer db.Close()
	var got string
	err = db.QueryRowContext(v.t.Context(), `
		select concat_ws(' ',
			(select count(*) from persons), (select count(*) from memberships),
			(select count(*) from identities where person is not null),
			(select count(*) from legacy_accounts where person is not null and password_hash is null),
			(select count(*) from audit where event = 'linked'))`).Scan(&got)
	if err != nil || got != "1 1 1 1 1" {
		v.t.Errorf("persons, memberships, linked identities, linked accounts, audit rows: got %s, %v; want one of each", got, err)
	}
}
