package devstack

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// TestTemporalKeepsItsWorkflows runs a workflow by update-with-start, stops the server and reads the result on another
// server on the same file and other ports.
func TestTemporalKeepsItsWorkflows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "temporal.db")
	first := startTemporal(t, file)
	connection := dial(t, first)
	w := worker.New(connection, "test", worker.Options{})
	w.RegisterWorkflowWithOptions(waitForMark, workflow.RegisterOptions{Name: "waitForMark"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	if got := updateWithStart(t, connection); got != "marked" {
		t.Fatalf("update: got %q, want marked", got)
	}
	w.Stop()
	connection.Close()
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}

	second := startTemporal(t, file)
	defer second.Stop()
	connection = dial(t, second)
	defer connection.Close()
	var result string
	if err := connection.GetWorkflow(t.Context(), "one", "").Get(t.Context(), &result); err != nil || result != "done" {
		t.Errorf("after a restart: got %q, %v; want done", result, err)
	}
}

func TestTemporalKeepsEndedWorkflowsForAMonth(t *testing.T) {
	server := startTemporal(t, "")
	defer server.Stop()
	connection := dial(t, server)
	defer connection.Close()
	described, err := connection.WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: Namespace})
	if err != nil {
		t.Fatal(err)
	}
	if got := described.Config.WorkflowExecutionRetentionTtl.AsDuration(); got != 30*24*time.Hour {
		t.Errorf("retention: got %s, want 720h", got)
	}
	response, err := http.Get(server.UIURL() + "/namespaces/default/workflows")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("UI: got %s", response.Status)
	}
}

// TestUIOfTheHelpdeskShowsAndChangesNothing asks the server of each UI, which its pages do too.
func TestUIOfTheHelpdeskShowsAndChangesNothing(t *testing.T) {
	server := startTemporal(t, "")
	defer server.Stop()
	const run = "/api/v1/namespaces/default/workflows/one"
	for url, changes := range map[string]bool{server.DeskURL(): false, server.UIURL(): true} {
		for path, want := range map[string]bool{
			run + "/terminate": changes, run + "/signal/x": changes, run + "/reset": changes, run + "/update/x": changes,
			"/api/v1/namespaces/default/activities/pause": changes,
			run + "/query/__temporal_workflow_metadata":   true, // by which current details are read
		} {
			if status := postAsPage(t, url, path); (status != http.StatusMethodNotAllowed) != want {
				t.Errorf("%s%s: got %d, want passed on: %t", url, path, status, want)
			}
		}
	}
}

// postAsPage posts as the pages of a UI do, which repeat a cookie in a header.
func postAsPage(t *testing.T, url, path string) (status int) {
	t.Helper()
	settings, err := http.Get(url + "/api/v1/settings")
	if err != nil {
		t.Fatal(err)
	}
	settings.Body.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range settings.Cookies() {
		request.AddCookie(cookie)
		request.Header.Set("X-CSRF-Token", cookie.Value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func waitForMark(ctx workflow.Context) (string, error) {
	marked := false
	err := workflow.SetUpdateHandler(ctx, "Mark", func(workflow.Context) (string, error) {
		marked = true
		return "marked", nil
	})
	if err != nil {
		return "", err
	}
	return "done", workflow.Await(ctx, func() bool { return marked && workflow.AllHandlersFinished(ctx) })
}

func updateWithStart(t *testing.T, connection client.Client) string {
	t.Helper()
	start := connection.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: "one", TaskQueue: "test", WorkflowIDConflictPolicy: 2,
	}, "waitForMark")
	handle, err := connection.UpdateWithStartWorkflow(t.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateName: "Mark", WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got string
	if err := handle.Get(t.Context(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func startTemporal(t *testing.T, file string) *Temporal {
	t.Helper()
	server, err := StartTemporal(context.Background(), TemporalOptions{File: file})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func dial(t *testing.T, server *Temporal) client.Client {
	t.Helper()
	connection, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	return connection
}
