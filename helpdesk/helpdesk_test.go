package helpdesk

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
	"koppel/store/schematest"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// testStore is a database, and a way past its statements.
type testStore struct {
	*store.Store
	sql *sql.DB
}

func openStore(t *testing.T) testStore {
	t.Helper()
	t.Parallel()
	db, url := schematest.Open(t)
	raw, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	return testStore{db, raw}
}

func add(t *testing.T, db testStore, name string, role Role) string {
	t.Helper()
	token, err := Add(t.Context(), db.Store, name, role, monday)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAgentIsKnownByTheTokenUntilRevoked(t *testing.T) {
	db := openStore(t)
	token := add(t, db, "fatima", Desk)
	agent, err := Authenticate(t.Context(), db.Store, token, monday)
	if err != nil || agent.Name != "fatima" || agent.Role != Desk || agent.ID == "" {
		t.Fatalf("%+v, %v", agent, err)
	}
	if err := Revoke(t.Context(), db.Store, "Fatima", monday); err != nil {
		t.Fatal(err)
	}
	if _, err := Authenticate(t.Context(), db.Store, token, monday); !errors.Is(err, ErrUnknown) {
		t.Errorf("after revoking: %v, want %v", err, ErrUnknown)
	}
	if err := Revoke(t.Context(), db.Store, "fatima", monday); onboarding.KindOf(err) != onboarding.NotFound {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestNameIsFreeAgainOnceItsAgentIsRevoked(t *testing.T) {
	db := openStore(t)
	first := add(t, db, "fatima", Desk)
	if _, err := Add(t.Context(), db.Store, "FATIMA", Desk, monday); onboarding.KindOf(err) != onboarding.Conflict {
		t.Fatalf("a second agent of that name: %v, want a conflict", err)
	}
	if err := Revoke(t.Context(), db.Store, "fatima", monday); err != nil {
		t.Fatal(err)
	}
	if second := add(t, db, "fatima", Operator); second == first {
		t.Error("the token came back")
	}
}

func TestTokenOfNobodyIsRefusedAndAudited(t *testing.T) {
	db := openStore(t)
	token, _ := NewToken()
	if _, err := Authenticate(t.Context(), db.Store, token, monday); !errors.Is(err, ErrUnknown) {
		t.Fatalf("%v, want %v", err, ErrUnknown)
	}
	if told := events(t, db, onboarding.AgentRefused); told != 1 {
		t.Errorf("%d lines of audit, want 1", told)
	}
}

func TestAuditTellsWhoWasAddedAndRevoked(t *testing.T) {
	db := openStore(t)
	add(t, db, "fatima", Desk)
	if err := Revoke(t.Context(), db.Store, "fatima", monday); err != nil {
		t.Fatal(err)
	}
	if events(t, db, onboarding.AgentAdded) != 1 || events(t, db, onboarding.AgentRevoked) != 1 {
		t.Error("want one line for each")
	}
}

func events(t *testing.T, db testStore, name onboarding.Event) (count int) {
	t.Helper()
	if err := db.sql.QueryRowContext(t.Context(), `select count(*) from audit where event = $1`, name).Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

func TestTokenHasTheFormThatSettingsAskFor(t *testing.T) {
	token, hash := NewToken()
	if !IsToken(token) || len(hash) != 32 || IsToken(token+"A") || IsToken("") {
		t.Errorf("token of %d signs, hash of %d bytes", len(token), len(hash))
	}
}

func TestActNeedsARoleAReasonOfTheListAndATicket(t *testing.T) {
	fatima, joost := Agent{"1", "fatima", Desk}, Agent{"2", "joost", Operator}
	for name, test := range map[string]struct {
		agent          Agent
		reason, ticket string
		want           string // in the refusal; empty: none
	}{
		"all there":      {fatima, "left", "hd-20261", ""},
		"digits alone":   {fatima, "left", "20261", ""},
		"other role":     {joost, "left", "HD-20261", ErrRole.Error()},
		"no reason":      {fatima, "", "HD-20261", "--reason"},
		"own words":      {fatima, "jan is weg", "HD-20261", "--reason"},
		"no ticket":      {fatima, "left", "", "--ticket"},
		"name as ticket": {fatima, "left", "jan", "--ticket"},
		"both are wrong": {fatima, "x", "y", "--ticket"},
	} {
		t.Run(name, func(t *testing.T) {
			act, err := NewAct(test.agent, Propose, test.reason, test.ticket)
			switch {
			case test.want == "" && (err != nil || act.Agent != test.agent.ID || act.Ticket == ""):
				t.Errorf("%+v, %v", act, err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("%v, want %s", err, test.want)
			case test.want != "" && strings.Contains(err.Error(), "jan"):
				t.Errorf("repeats what was typed: %v", err)
			}
		})
	}
}

func TestWhoProposedCannotConfirm(t *testing.T) {
	act := Act{Agent: "fatima"}
	if err := act.Confirms("fatima"); !errors.Is(err, ErrSame) {
		t.Errorf("own proposal: %v", err)
	}
	if err := act.Confirms("bilal"); err != nil {
		t.Errorf("proposal of a colleague: %v", err)
	}
}

// TestRolesMayDoWhatOperatorsRead repeats the table of docs/operators.md.
func TestRolesMayDoWhatOperatorsRead(t *testing.T) {
	for role, want := range map[Role]string{
		Desk:     "show recognise list issue void show-code propose confirm dismiss resend correct-address unlock extend cancel",
		Operator: "show list show-code retry hold",
		"nobody": "",
	} {
		var may []string
		for _, verb := range Verbs() {
			if role.May(verb) {
				may = append(may, string(verb))
			}
		}
		if got := strings.Join(may, " "); got != want {
			t.Errorf("%s may %q, want %q", role, got, want)
		}
	}
}

func TestEveryReasonHasItsDutchName(t *testing.T) {
	for _, reason := range Reasons() {
		if reason.Dutch() == "" {
			t.Errorf("%s has none", reason)
		}
	}
}
