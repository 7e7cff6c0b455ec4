package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"koppel/helpdesk"
	"koppel/keys"
	"koppel/onboarding"
	"koppel/workflows"
)

// caseDesk has jane's case, an agent, and an engine that answers so.
func caseDesk(t *testing.T, outcome onboarding.Outcome) (d *helpdeskDesk, token string, engine *deciding) {
	d = newHelpdeskDesk(t)
	d.withCase()
	engine = &deciding{verdict: onboarding.Verdict{Outcome: outcome}}
	d.engine = temporalClient{Client: engine}
	return d, d.newAgent("fatima", helpdesk.Desk), engine
}

var because = []string{"--reason", "mistake", "--ticket", "HD-20261"}

func TestEveryVerbReachesItsCaseWithTheAgentTheReasonAndTheTicket(t *testing.T) {
	d, token, engine := caseDesk(t, onboarding.Accepted)
	private, public, err := keys.GenerateHandover("h1")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.handover.UnmarshalText([]byte(public)); err != nil {
		t.Fatal(err)
	}
	for _, each := range caseVerbs {
		d.input = "Beter@Regenboog.example\n"
		out, err := d.helpdesk(token, append([]string{string(each.verb), "k3tf9m2q"}, because...)...)
		if err != nil || !strings.Contains(out, "K3TF-9M2Q: ") || strings.Contains(out, "%") {
			t.Fatalf("%s: %v, %s", each.verb, err, out)
		}
		sent := engine.asked[len(engine.asked)-1]
		help := sent.Args[0].(workflows.Help)
		if sent.WorkflowID != "link-jane" || sent.UpdateName != workflows.HelpUpdate(each.verb) || sent.UpdateName == "" ||
			help.Act.Agent == "" || help.Act.Reason != helpdesk.Mistake || help.Act.Ticket != "HD-20261" || (help.Handover != "") != (each.verb == helpdesk.Correct) {
			t.Errorf("%s: sent %+v", each.verb, sent)
		}
	}
	if len(engine.asked) != len(helpdesk.CaseVerbs()) {
		t.Errorf("%d verbs have a command, want %d", len(engine.asked), len(helpdesk.CaseVerbs()))
	}
	d.wantHandedOver(private, "Beter@regenboog.example")
}

// wantHandedOver: the address is in Postgres, sealed for the worker, and nowhere else.
func (d *helpdeskDesk) wantHandedOver(private, email string) {
	d.Helper()
	var receiver keys.Receiver
	if err := receiver.UnmarshalText([]byte(private)); err != nil {
		d.Fatal(err)
	}
	id, sealed := d.handedOver()
	plaintext, err := receiver.Open("handovers/"+id, sealed)
	var form struct{ Email string }
	if err != nil || json.Unmarshal(plaintext, &form) != nil || form.Email != email {
		d.Errorf("%v, %s", err, plaintext)
	}
}

func TestVerbThatIsNotDoneSaysWhy(t *testing.T) {
	stale := temporal.NewApplicationError("", string(onboarding.Stale))
	for name, test := range map[string]struct {
		args    []string
		outcome onboarding.Outcome
		err     error
		want    string
	}{
		"other step":       {[]string{"extend", "K3TF-9M2Q"}, "", stale, "Wacht op de pincode (await_pin). It can be done at [await_proof mailing_pin await_pin]"},
		"somebody at it":   {[]string{"extend", "K3TF-9M2Q"}, "", temporal.NewApplicationError("", string(onboarding.Busy)), "somebody else is at it"},
		"ended meanwhile":  {[]string{"cancel", "K3TF-9M2Q"}, "", serviceerror.NewNotFound(""), "just ended"},
		"engine away":      {[]string{"cancel", "K3TF-9M2Q"}, "", errors.New("connection refused"), "connection refused"},
		"too soon":         {[]string{"resend", "K3TF-9M2Q"}, onboarding.TooSoon, nil, "less than a minute"},
		"too many mails":   {[]string{"resend", "K3TF-9M2Q"}, onboarding.TooManyMails, nil, "too many mails"},
		"nothing locked":   {[]string{"unlock", "K3TF-9M2Q"}, onboarding.NotLocked, nil, "nothing is locked"},
		"too often":        {[]string{"extend", "K3TF-9M2Q"}, onboarding.TooOften, nil, "as often as they may"},
		"same agent":       {[]string{"unlock", "K3TF-9M2Q"}, onboarding.SecondNeeded, nil, helpdesk.ErrSame.Error()},
		"revoked":          {[]string{"unlock", "K3TF-9M2Q"}, onboarding.NoAgent, nil, "revoked"},
		"no case":          {[]string{"cancel", "0000-0000"}, "", nil, "no case with 0000-0000"},
		"no reference":     {[]string{"cancel", "jane"}, "", nil, "is no reference"},
		"no address typed": {[]string{"correct-address", "K3TF-9M2Q"}, "", nil, "no mail address"},
	} {
		t.Run(name, func(t *testing.T) {
			d, token, engine := caseDesk(t, test.outcome)
			engine.err = test.err
			_, err := d.helpdesk(token, append(test.args, because...)...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestVerbNeedsARoleAReasonAndATicketBeforeItReachesACase(t *testing.T) {
	d, token, engine := caseDesk(t, onboarding.Accepted)
	operator := d.newAgent("joost", helpdesk.Operator)
	for _, verb := range helpdesk.CaseVerbs() {
		for name, test := range map[string]struct {
			token string
			args  []string
			want  string
		}{
			"operator":  {operator, because, helpdesk.ErrRole.Error()},
			"no reason": {token, because[2:], "--reason"},
			"no ticket": {token, because[:2], "--ticket"},
		} {
			_, err := d.helpdesk(test.token, append([]string{string(verb), "K3TF-9M2Q"}, test.args...)...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s, %s: %v", verb, name, err)
			}
		}
	}
	if len(engine.asked) != 0 {
		t.Errorf("reached %+v", engine.asked)
	}
}

func TestUnlinkingIsNotEndedByCancel(t *testing.T) {
	d, token, engine := caseDesk(t, "")
	d.exec(`update linkings set ended_at = now(), step = 'linked'`)
	d.exec(`
		insert into unlinkings (id, workflow_id, identity, reference, language, step, since, deadline, reported) values
			('33333333-3333-4333-8333-333333333333', 'unlink-jane', 'jane', 'K3TF-9M2Q', 'nl', 'await_agent', now(), now(), true)`)
	engine.err = temporal.NewApplicationError("", string(onboarding.Stale))
	_, err := d.helpdesk(token, append([]string{"cancel", "K3TF-9M2Q"}, because...)...)
	if err == nil || !strings.Contains(err.Error(), "koppel helpdesk unlink --help") {
		t.Error(err)
	}
}

func TestAgentRecognisesThePersonAndAnOperatorDoesNot(t *testing.T) {
	d := newHelpdeskDesk(t)
	d.withCase()
	d.exec(`insert into pins (case_id, generation, key_id, nonce, address, masked, created_at) values
		('11111111-1111-4111-8111-111111111111', 1, 'p1', '', '', 'j***@regenboog.example', now())`)
	d.exec(`insert into persons (id, email, language, created_at) values ('99999999-1111-4111-8111-111111111111', 'bea@duinhaven.example', 'nl', now())`)
	d.exec(`insert into memberships (person, institution, source, since) values ('99999999-1111-4111-8111-111111111111', '03AB', 'legacy', now())`)
	d.exec(`update identities set person = '99999999-1111-4111-8111-111111111111', linked_at = now()`)
	seen := []string{"j***@regenboog.example", "b***@duinhaven.example", "De Regenboog (03AB)"}
	out, err := d.helpdesk(d.newAgent("fatima", helpdesk.Desk), "show", "K3TF-9M2Q")
	for _, want := range seen {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("lacks %q: %v\n%s", want, err, out)
		}
	}
	if strings.Contains(out, "bea@") {
		t.Errorf("shows the whole address:\n%s", out)
	}
	out, err = d.helpdesk(d.newAgent("joost", helpdesk.Operator), "show", "K3TF-9M2Q")
	for _, hidden := range seen {
		if err != nil || strings.Contains(out, hidden) {
			t.Errorf("an operator sees %q: %v\n%s", hidden, err, out)
		}
	}
}
