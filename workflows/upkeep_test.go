package workflows

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"
)

// upkeepRun runs one round of the upkeep with an activity that fails so often first.
func upkeepRun[Result any](t *testing.T, workflow any, name string, failures int, result Result) (got Result, took time.Duration) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	started := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	env.SetStartTime(started)
	env.RegisterActivityWithOptions(func(context.Context) (Result, error) {
		if failures--; failures >= 0 {
			return *new(Result), errors.New("away")
		}
		return result, nil
	}, activity.RegisterOptions{Name: name})
	env.ExecuteWorkflow(workflow)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if err := env.GetWorkflowResult(&got); err != nil {
		t.Fatal(err)
	}
	return got, env.Now().Sub(started)
}

func TestAuditChainOutlastsAnOutage(t *testing.T) {
	rows, took := upkeepRun(t, AuditChain, "ChainAudit", 8, 3)
	if rows != 3 || took < 2*time.Minute {
		t.Errorf("%d rows after %v, want 3 after eight tries", rows, took)
	}
}

func TestHousekeepingTellsWhatItRemoved(t *testing.T) {
	want := map[string]int{"mails": 7}
	if swept, _ := upkeepRun(t, Housekeeping, "Housekeep", 2, want); !maps.Equal(swept, want) {
		t.Errorf("%v, want %v", swept, want)
	}
}

func TestSchedulesNeverRunTwiceAtOnce(t *testing.T) {
	every := map[string]time.Duration{AuditChainSchedule: time.Minute, HousekeepingSchedule: time.Hour}
	for _, schedule := range Schedules() {
		action := schedule.Action.(*client.ScheduleWorkflowAction)
		if schedule.Overlap != enumspb.SCHEDULE_OVERLAP_POLICY_SKIP || schedule.Spec.Intervals[0].Every != every[schedule.ID] || action.StaticSummary == "" {
			t.Errorf("%s: %+v", schedule.ID, schedule)
		}
	}
}
