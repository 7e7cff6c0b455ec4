package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"koppel/helpdesk"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
	"koppel/web"
)

// withCase adds a case that waits for its PIN, whose mail came back.
func (d *helpdeskDesk) withCase() {
	d.Helper()
	d.exec(`insert into institutions (code, kind, name) values ('03AB', 'school', 'De Regenboog')`)
	d.exec(`insert into identities (hash, sealed, kvk, level, supplier, last_login_at) values ('jane', '', '90001234', 'EH3', 's', now())`)
	d.exec(`
		insert into linkings (id, workflow_id, identity, reference, language, step, since, deadline, institution) values
			('11111111-1111-4111-8111-111111111111', 'link-jane', 'jane', 'K3TF-9M2Q', 'nl', 'await_pin', '2026-11-23 09:00Z', '2026-11-26 08:00Z', '03AB')`)
	d.exec(`
		insert into mails (case_id, kind, number, state, requested_at, accepted_at, bounce_status) values
			('11111111-1111-4111-8111-111111111111', 'pin', 1, 'sent', '2026-11-23 08:50Z', '2026-11-23 08:51Z', null),
			('11111111-1111-4111-8111-111111111111', 'pin', 2, 'bounced', '2026-11-23 09:00Z', '2026-11-23 09:01Z', '5.1.1')`)
	d.exec(`
		insert into audit (at, event, case_id, detail) values
			('2026-11-23 09:02Z', 'pin.wrong', '11111111-1111-4111-8111-111111111111', '{"left": 3}')`)
}

func TestReferenceShowsWhereItsCaseStands(t *testing.T) {
	d := newHelpdeskDesk(t)
	d.withCase()
	out, err := d.helpdesk(d.newAgent("fatima", helpdesk.Desk), "show", "k3tf 9m2q")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"K3TF-9M2Q", "Koppeling 03AB", "Wacht op de pincode (await_pin)", "23-11-2026 10.00 uur",
		"26-11-2026 09.00 uur", "teruggekomen: niet bezorgd", `In Temporal UI: KoppelRef = "K3TF-9M2Q"`, "(melding 5.1.1), mail 2", "pin.wrong left=3"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
}

// TestOneReferenceShowsTheCasesOfAllKinds: an open one before those that are over.
func TestOneReferenceShowsTheCasesOfAllKinds(t *testing.T) {
	d := newHelpdeskDesk(t)
	d.withCase()
	d.exec(`update linkings set step = 'linked', ended_at = now()`)
	d.exec(`
		insert into resets (id, workflow_id, identity, reference, language, step, since, deadline, asked_at, institution) values
			('22222222-2222-4222-8222-222222222222', 'reset-x', 'jane', 'K3TF-9M2Q', 'nl', 'await_representative', now(), now(), now(), '03AB')`)
	d.exec(`
		insert into unlinkings (id, workflow_id, identity, reference, language, step, since, deadline, reported, ended_at) values
			('33333333-3333-4333-8333-333333333333', 'unlink-jane', 'jane', 'K3TF-9M2Q', 'nl', 'expired', now(), now(), true, now())`)
	out, err := d.helpdesk(d.newAgent("fatima", helpdesk.Desk), "show", "K3TF-9M2Q")
	if err != nil || !strings.Contains(out, "Koppeling 03AB") || !strings.Contains(out, "Ontkoppeling\n") || !strings.Contains(out, "(expired)") {
		t.Fatalf("%s, %v", out, err)
	}
	if reset := strings.Index(out, "Nieuw wachtwoord 03AB"); reset < 0 || reset > strings.Index(out, "Koppeling") {
		t.Errorf("the open case does not come first:\n%s", out)
	}
}

func TestRefusedLoginIsFoundInTheAuditInTheWordsOfItsPage(t *testing.T) {
	d := newHelpdeskDesk(t)
	err := d.db.RecordRefusedLogin(t.Context(), "branch_restricted", "QX3T-0M2Q", "192.0.2.1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.helpdesk(d.newAgent("joost", helpdesk.Operator), "show", "QX3T-OM2Q") // an O for a 0
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Inloggen niet gelukt", "Uw machtiging geldt maar voor 1 vestiging", "branch_restricted", "voor de hele organisatie"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "192.0.2.1") {
		t.Errorf("shows the address of the caller:\n%s", out)
	}
}

func TestLookingUpIsAuditedWithTheAgentEvenWhenNothingIsFound(t *testing.T) {
	d := newHelpdeskDesk(t)
	token := d.newAgent("fatima", helpdesk.Desk)
	if _, err := d.helpdesk(token, "show", "0000-0000"); err == nil || !strings.Contains(err.Error(), "is of no case") {
		t.Errorf("%v", err)
	}
	agents, err := d.db.Agents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told []store.Told
	err = d.db.Transact(t.Context(), func(tx *store.Tx) error {
		told, err = tx.AboutReference(t.Context(), onboarding.HelpdeskLooked, "0000-0000")
		return err
	})
	if err != nil || len(told) != 1 || told[0].Detail["agent"] != agents[0].ID {
		t.Errorf("%+v, %v", told, err)
	}
}

func TestNobodyLooksUpWithoutAnAgentsToken(t *testing.T) {
	d := newHelpdeskDesk(t)
	d.withCase()
	revoked := d.newAgent("fatima", helpdesk.Desk)
	if _, err := d.agent("revoke", "fatima"); err != nil {
		t.Fatal(err)
	}
	stranger, _ := helpdesk.NewToken()
	for _, token := range []string{revoked, stranger} {
		if out, err := d.helpdesk(token, "show", "K3TF-9M2Q"); err == nil || out != "" {
			t.Errorf("%v: %s", err, out)
		}
	}
}

func TestWhatIsNoReferenceIsSaid(t *testing.T) {
	d := newHelpdeskDesk(t)
	if _, err := d.helpdesk("", "show", "jane@regenboog.example"); err == nil || !strings.Contains(err.Error(), "is no reference") {
		t.Errorf("%v", err)
	}
}

// TestEveryRefusalOfALoginHasItsAdvice reads the reasons from the page that explains them to operators.
func TestEveryRefusalOfALoginHasItsAdvice(t *testing.T) {
	page, err := os.ReadFile("../../docs/eherkenning.md")
	if err != nil {
		t.Fatal(err)
	}
	reasons := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(string(page), -1)
	if len(reasons) < 30 {
		t.Fatalf("found only %d reasons", len(reasons))
	}
	for _, reason := range reasons {
		key := web.RefusedLoginPage(reason[1])
		if loginAdvice[key] == "" || !messages.Has(key+".h") {
			t.Errorf("%s leads to %q, which has no advice or no heading", reason[1], key)
		}
	}
}
