package workflows_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	sdk "go.temporal.io/sdk/worker"

	"koppel/worker"
	"koppel/workflows"
)

// recorded are the histories that devstack/e2e recorded, by the names of their files.
func recorded(t *testing.T) map[string]*history.History {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*history.History{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h := &history.History{}
		if err := (temporalproto.CustomJSONUnmarshalOptions{}).Unmarshal(text, h); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		found[filepath.Base(file)] = h
	}
	return found
}

func kindOf(h *history.History) string {
	return h.Events[0].GetWorkflowExecutionStartedEventAttributes().WorkflowType.Name
}

// cuts are the places where a worker may have to take a case over: after each of its tasks. Each is a number of events.
func cuts(h *history.History) (ends []int) {
	for i, event := range h.Events {
		if event.EventType == enums.EVENT_TYPE_WORKFLOW_TASK_STARTED {
			ends = append(ends, i+1)
		}
	}
	if last := len(h.Events); len(ends) == 0 || ends[len(ends)-1] != last {
		ends = append(ends, last)
	}
	return ends
}

// stepIn is the step that the case had told last, when so many of its events had happened.
func stepIn(h *history.History, events int) (step string) {
	for _, event := range h.Events[:events] {
		attributes := event.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes()
		if event.EventType == enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED {
			attributes = event.GetWorkflowExecutionStartedEventAttributes().GetSearchAttributes()
		}
		if value, found := attributes.GetIndexedFields()["KoppelStep"]; found {
			step = strings.Trim(string(value.Data), `"`)
		}
	}
	return step
}

// Cases live for days and deploys happen meanwhile: every recorded history must replay on today's code, from wherever a
// new worker may get it. A change that breaks this needs workflow.GetVersion; a new path through the workflow deserves a
// history of its own.
func TestRecordedHistoriesReplayFromEveryPlace(t *testing.T) {
	for name, h := range recorded(t) {
		t.Run(name, func(t *testing.T) {
			for _, end := range cuts(h) {
				replayer := sdk.NewWorkflowReplayer()
				worker.Register(replayer)
				if err := replayer.ReplayWorkflowHistory(nil, &history.History{Events: h.Events[:end]}); err != nil {
					t.Errorf("taken over at event %d, %s: %v", end, stepIn(h, end), err)
				}
			}
			t.Logf("taken over at %d places", len(cuts(h)))
		})
	}
}

func TestEveryStepOfEveryTableHasAHistory(t *testing.T) {
	seen := map[string][]string{}
	for _, h := range recorded(t) {
		for _, end := range cuts(h) {
			seen[kindOf(h)] = append(seen[kindOf(h)], stepIn(h, end))
		}
	}
	for kind, steps := range workflows.OpenSteps() {
		for _, step := range steps {
			if !slices.Contains(seen[kind], string(step)) {
				t.Errorf("%s at %s: no recorded history; see devstack/e2e/waiting_test.go", kind, step)
			}
		}
	}
}
