package workflows_test

import (
	"path/filepath"
	"strings"
	"testing"

	sdk "go.temporal.io/sdk/worker"

	"koppel/worker"
	"koppel/workflows"
)

// histories are the recorded ones, by the beginning of their names.
func histories(t *testing.T, kind string) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/" + strings.ToLower(kind) + "*.json")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Cases live for days and deploys happen meanwhile: every recorded history must replay on today's code. A change that
// breaks this needs workflow.GetVersion; a new path through the workflow deserves a history of its own.
func TestRecordedHistoriesReplay(t *testing.T) {
	for _, file := range histories(t, "") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := sdk.NewWorkflowReplayer()
			worker.Register(replayer)
			if err := replayer.ReplayWorkflowHistoryFromJSONFile(nil, file); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEveryKindOfCaseHasAHistory(t *testing.T) {
	for _, kind := range workflows.KindsOfCases() {
		if len(histories(t, kind+"-")) == 0 {
			t.Errorf("%s: no recorded history; see devstack/e2e/histories_test.go", kind)
		}
	}
}
