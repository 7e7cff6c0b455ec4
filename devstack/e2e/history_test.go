package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"koppel/devstack"
)

// mostEvents is how long the history of a happy path may be: docs/design.md lists them.
const mostEvents = 60

func TestHistoryOfAHappyPathIsShortAndHoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	// A notice to a representative adds three to six events, as any further confirmation.
	if _, err := openDatabase(t, stack).ExecContext(t.Context(), `delete from representatives`); err != nil {
		t.Fatal(err)
	}
	c := newCaller(t, stack)
	c.login("jane")
	c.prove(regenboog1)
	pin := c.pinIn(regenboog1.email)
	c.post("/koppelen/pincode", url.Values{"pin": {pin}, "nonce": {c.nonce("/koppelen/pincode")}})
	history := finishedHistory(t, stack)
	for i, event := range history.Events {
		t.Logf("%2d %s", i+1, strings.TrimPrefix(event.EventType.String(), "EVENT_TYPE_"))
	}
	if n := len(history.Events); n > mostEvents {
		t.Errorf("%d events, at most %d", n, mostEvents)
	}
	for _, secret := range []string{regenboog1.email, regenboog1.username, regenboog1.password, pin, "Jansen", "90001234"} {
		if strings.Contains(plain(history), secret) {
			t.Errorf("the history holds %q", secret)
		}
	}
	record(t, "linking-happy-path", history)
}

// record keeps a history for the replay test of package workflows, when KOPPEL_HISTORIES names a folder.
func record(t *testing.T, name string, history *historypb.History) {
	t.Helper()
	dir := os.Getenv("KOPPEL_HISTORIES")
	if dir == "" {
		return
	}
	text, err := protojson.MarshalOptions{Multiline: true}.Marshal(history)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".json"), text, 0o644); err != nil {
		t.Error(err)
	}
}

// finishedHistory waits for the one linking of a stack to end and returns its history.
func finishedHistory(t *testing.T, stack *devstack.Stack) *historypb.History {
	t.Helper()
	return finishedHistoryOf(t, stack, workflowID(t, stack))
}

// finishedHistoryOf waits for a case to end and returns its history.
func finishedHistoryOf(t *testing.T, stack *devstack.Stack, workflowID string) *historypb.History {
	t.Helper()
	c, err := stack.Temporal.Client()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := within(t, 30*time.Second)
	events := c.GetWorkflowHistory(ctx, workflowID, "", true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	history := &historypb.History{}
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		history.Events = append(history.Events, event)
	}
	return history
}

func workflowID(t *testing.T, stack *devstack.Stack) (id string) {
	t.Helper()
	query(t, stack, `select workflow_id from linkings`, &id)
	return id
}

// plain writes a history with its payloads readable, as Temporal UI does.
func plain(history *historypb.History) string {
	var text strings.Builder
	for _, event := range history.Events {
		fmt.Fprintln(&text, event)
	}
	return text.String()
}
