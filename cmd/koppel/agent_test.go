package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"koppel/helpdesk"
	"koppel/keys"
	"koppel/store"
	"koppel/store/schematest"
)

// helpdeskDesk is a database, and the commands of agents and the helpdesk over it.
type helpdeskDesk struct {
	*testing.T
	url      string
	db       *store.Store
	engine   temporalClient
	ui       httpURL
	handover keys.Handover
	input    string    // of the next command
	now      time.Time // zero: the clock's
}

func newHelpdeskDesk(t *testing.T) *helpdeskDesk {
	t.Helper()
	t.Parallel()
	db, url := schematest.Open(t)
	return &helpdeskDesk{T: t, url: url, db: db}
}

func (d *helpdeskDesk) exec(statement string, args ...any) {
	d.Helper()
	db, err := sql.Open("postgres", d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(d.Context(), statement, args...); err != nil {
		d.Fatal(err)
	}
}

// agent runs `koppel agent`.
func (d *helpdeskDesk) agent(args ...string) (string, error) {
	return d.run(agentCommand(func(context.Context) (*store.Store, error) { return store.Open(d.url) }), args)
}

// helpdesk runs `koppel helpdesk` with the token of an agent.
func (d *helpdeskDesk) helpdesk(token string, args ...string) (string, error) {
	return d.run(helpdeskCommand(&counter{
		settings: func() (settings, error) {
			return settings{AgentToken: agentToken(token), TemporalUI: d.ui, HandoverPublicKey: d.handover}, nil
		},
		open: func(settings) (*store.Store, error) { return store.Open(d.url) },
		dial: func(settings) (temporalClient, error) { return d.engine, nil },
		now:  d.clock,
	}), args)
}

func (d *helpdeskDesk) clock() time.Time {
	if d.now.IsZero() {
		return time.Now()
	}
	return d.now
}

// count reads a number from the database.
func (d *helpdeskDesk) count(query string) (n int) {
	d.Helper()
	db, err := sql.Open("postgres", d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(d.Context(), query).Scan(&n); err != nil {
		d.Fatal(err)
	}
	return n
}

// handedOver is the newest hand-over.
func (d *helpdeskDesk) handedOver() (id string, sealed []byte) {
	d.Helper()
	db, err := sql.Open("postgres", d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(d.Context(), `select id, sealed from handovers order by created_at desc`).Scan(&id, &sealed); err != nil {
		d.Fatal(err)
	}
	return id, sealed
}

func (d *helpdeskDesk) run(command *cobra.Command, args []string) (string, error) {
	var out bytes.Buffer
	command.SetArgs(args)
	command.SetOut(&out)
	command.SetErr(io.Discard)
	command.SetIn(strings.NewReader(d.input))
	command.SilenceErrors, command.SilenceUsage = true, true
	err := command.ExecuteContext(d.Context())
	return out.String(), err
}

// newAgent adds an agent and returns the token.
func (d *helpdeskDesk) newAgent(name string, role helpdesk.Role) string {
	d.Helper()
	out, err := d.agent("add", name, "--role", string(role))
	if err != nil {
		d.Fatal(err)
	}
	return strings.TrimSpace(out)
}

func TestAgentGetsATokenOnceAndTheDatabaseKeepsItsHash(t *testing.T) {
	d := newHelpdeskDesk(t)
	token := d.newAgent("fatima", helpdesk.Desk)
	if !helpdesk.IsToken(token) {
		t.Errorf("%d signs", len(token))
	}
	list, err := d.agent("list")
	if err != nil || !strings.Contains(list, "fatima") || strings.Contains(list, token) {
		t.Errorf("%s, %v", list, err)
	}
	if _, err := d.agent("add", "Fatima"); err == nil || !strings.Contains(err.Error(), "revoke that one first") {
		t.Errorf("the name twice: %v", err)
	}
}

func TestRevokedAgentIsListedWithTheDay(t *testing.T) {
	d := newHelpdeskDesk(t)
	d.newAgent("fatima", helpdesk.Desk)
	if _, err := d.agent("revoke", "fatima"); err != nil {
		t.Fatal(err)
	}
	list, err := d.agent("list")
	if err != nil || !strings.Contains(list, time.Now().Format(time.DateOnly)) {
		t.Errorf("%s, %v", list, err)
	}
	if _, err := d.agent("revoke", "fatima"); err == nil || !strings.Contains(err.Error(), "no agent at work") {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestRoleThatIsNotThereIsRefused(t *testing.T) {
	d := newHelpdeskDesk(t)
	if _, err := d.agent("add", "fatima", "--role", "boss"); err == nil {
		t.Error("took it")
	}
}
