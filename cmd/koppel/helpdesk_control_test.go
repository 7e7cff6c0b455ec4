package main

import (
	"strings"
	"testing"
	"time"

	"koppel/helpdesk"
	"koppel/store"
)

// withSession logs jane in, and returns the session.
func (d *helpdeskDesk) withSession() store.Session {
	d.Helper()
	d.now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	session := store.Session{TokenHash: []byte("hash"), Identity: "jane", FormKey: []byte("0123456789abcdef0123456789abcdef"),
		AuthenticatedAt: d.now, LastUsedAt: d.now, ExpiresAt: d.now.Add(8 * time.Hour)}
	if err := d.db.SaveSession(d.Context(), session); err != nil {
		d.Fatal(err)
	}
	return session
}

func TestControlCodeTellsWhetherTheCallerIsAtThePage(t *testing.T) {
	d := newHelpdeskDesk(t)
	d.withCase()
	session := d.withSession()
	token := d.newAgent("fatima", helpdesk.Desk)
	code := helpdesk.ControlCode(session, d.now)
	other := string('0'+(code[0]-'0'+1)%10) + code[1:]
	for name, test := range map[string]struct {
		typed string
		later time.Duration
		want  string
	}{
		"right":        {code[:2] + " " + code[2:], 0, "klopt: "},
		"a moment old": {code, 5 * time.Minute, "klopt: "},
		"too old":      {code, 10 * time.Minute, "klopt niet"},
		"another":      {other, 0, "klopt niet"},
		"logged out":   {code, time.Hour, "klopt niet"},
	} {
		d.now = session.AuthenticatedAt.Add(test.later)
		out, err := d.helpdesk(token, "show", "K3TF-9M2Q", "--control", test.typed)
		if err != nil || !strings.Contains(out, "Controlecode   "+test.want) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if strings.Contains(out, code) {
			t.Errorf("%s: shows the code", name)
		}
	}
	if n := d.count(`select count(*) from audit where event = 'helpdesk.looked' and detail ->> 'control' = 'wrong'`); n != 3 {
		t.Errorf("%d wrong codes are audited, want 3", n)
	}
	if n := d.count(`select count(*) from audit where detail::text like '%` + code + `%'`); n != 0 {
		t.Error("the audit holds the code")
	}
}

func TestControlCodeIsNotGuessed(t *testing.T) {
	d := newHelpdeskDesk(t)
	d.withCase()
	code := helpdesk.ControlCode(d.withSession(), d.now)
	token := d.newAgent("fatima", helpdesk.Desk)
	for range helpdesk.ControlTries {
		d.helpdesk(token, "show", "K3TF-9M2Q", "--control", "x")
	}
	if out, err := d.helpdesk(token, "show", "K3TF-9M2Q", "--control", code); err != nil || !strings.Contains(out, "niet bekeken") {
		t.Errorf("%v\n%s", err, out)
	}
	d.now = d.now.Add(helpdesk.ControlWindow + time.Minute)
	if out, _ := d.helpdesk(token, "show", "K3TF-9M2Q", "--control", "x"); !strings.Contains(out, "klopt niet") {
		t.Errorf("stays closed:\n%s", out)
	}
	operator := d.newAgent("joost", helpdesk.Operator)
	if _, err := d.helpdesk(operator, "show", "K3TF-9M2Q", "--control", code); err == nil || !strings.Contains(err.Error(), helpdesk.ErrRole.Error()) {
		t.Errorf("an operator: %v", err)
	}
}
