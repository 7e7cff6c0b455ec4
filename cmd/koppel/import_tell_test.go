package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"koppel/workflows"
)

// engine is a Temporal that notes what is started.
type engine struct {
	away    bool
	started []workflows.RegisterNoticeInput
	said    string // by the last command, on standard error
}

func (e *engine) dial() (starter, func(), error) { return e, func() {}, nil }

// ExecuteWorkflow implements starter.
func (e *engine) ExecuteWorkflow(_ context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	if e.away {
		return nil, errors.New("connection refused")
	}
	in := args[0].(workflows.RegisterNoticeInput)
	if slices.Contains(e.started, in) {
		return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("again", "", "")
	}
	if options.ID != "register-"+in.Notice || workflow != workflows.RegisterNoticeName {
		return nil, errors.New("started something else")
	}
	e.started = append(e.started, in)
	return nil, nil
}

// town has two boards with three schools and, in each school, its people.
func (i imports) town() {
	i.Helper()
	i.must("boards", boardsHeader+"10249;De Regenboog;90001234\n20418;De Linde;90005678\n")
	i.must("schools", schoolsHeader+"03AB;00;De Regenboog;X;10249\n14JT;00;Het Kompas;X;10249\n16AH;00;De Linde;X;20418\n")
	i.exec(`
		insert into persons (id, email, language, created_at) values
			('11111111-1111-4111-8111-111111111111', 'jane@regenboog.example', 'nl', '2026-01-01'),
			('22222222-2222-4222-8222-222222222222', 'piet@kompas.example', 'en', '2026-01-01')`)
	i.exec(`
		insert into memberships (person, institution, source, since) values
			('11111111-1111-4111-8111-111111111111', '03AB', 'legacy', '2026-01-01'),
			('11111111-1111-4111-8111-111111111111', '14JT', 'register', '2025-12-01'),
			('22222222-2222-4222-8222-222222222222', '14JT', 'activation', '2026-03-01')`)
}

func (i imports) exec(statement string, args ...any) {
	i.Helper()
	if _, err := i.sql().ExecContext(i.Context(), statement, args...); err != nil {
		i.Fatal(err)
	}
}

// must imports a list that is in order.
func (i imports) must(kind, content string, flags ...string) string {
	i.Helper()
	out, err := i.run("", append([]string{kind, i.file(content)}, flags...)...)
	if err != nil {
		i.Fatalf("%v: %s", err, out)
	}
	return out
}

const closuresHeader = "INSTELLINGSCODE;OPGEHEVEN PER;OPGEGAAN IN\n"

func TestPeopleWaitForTheirMailWhileTemporalIsAwayAndAreToldOnce(t *testing.T) {
	i := newImports(t)
	i.town()
	i.temporal.away = true
	out := i.must("closures", closuresHeader+"03AB;1-8-2026;14JT\n", "--allow-removals", "1")
	if want := "closures: 1 lines read, 0 new, 1 changed, 0 unchanged, 0 refused\n"; out != want {
		t.Fatalf("printed %s, want %s", out, want)
	}
	if want := "`koppel import tell`, or the next import, starts it"; !strings.Contains(i.temporal.said, want) {
		t.Errorf("said %q, want %q in it", i.temporal.said, want)
	}
	if out, err := i.run("", "tell"); err == nil || out != "tell: 0 mails started, 1 wait\n" {
		t.Errorf("tell without Temporal: %q, %v", out, err)
	}
	i.temporal.away = false
	i.must("boards", boardsHeader+"10249;De Regenboog;90001234\n20418;De Linde;90005678\n")
	if len(i.temporal.started) != 1 {
		t.Fatalf("started %v by the next import", i.temporal.started)
	}
	if out, err := i.run("", "tell"); err != nil || out != "tell: 1 mails started, 0 wait\n" || len(i.temporal.started) != 1 {
		t.Errorf("tell while the workflow goes on: %q, %v, started %v", out, err, i.temporal.started)
	}
	i.exec(`update register_notices set settled_at = now()`)
	if out, err := i.run("", "tell"); err != nil || out != "tell: 0 mails started, 0 wait\n" {
		t.Errorf("tell when all are told: %q, %v", out, err)
	}
}

func TestADryRunTellsNobody(t *testing.T) {
	i := newImports(t)
	i.town()
	i.must("closures", closuresHeader+"03AB;1-8-2026;14JT\n", "--dry-run", "--allow-removals", "1")
	if len(i.temporal.started) > 0 {
		t.Errorf("started %v", i.temporal.started)
	}
}
