package e2e

import (
	"testing"
	"time"

	"go.temporal.io/api/activity/v1"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"koppel/devstack"
)

// whatOperatorsDoIsInNoHistory does what Temporal UI has buttons for with a mail that is put off, as docs/operators.md says.
func whatOperatorsDoIsInNoHistory(t *testing.T, stack *devstack.Stack) {
	t.Helper()
	var id string
	if err := openDatabase(t, stack).QueryRow(`select workflow_id from linkings l join mails m on m.case_id = l.id
		where m.state = 'late' and l.step = 'mailing_pin' limit 1`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	temporal, ctx := connect(t, stack), within(t, time.Minute)
	of, mail := &common.WorkflowExecution{WorkflowId: id}, "SendPIN"
	engine := temporal.WorkflowService()
	events := func() int64 {
		described, err := temporal.DescribeWorkflowExecution(ctx, id, "")
		if err != nil {
			t.Fatal(err)
		}
		return described.WorkflowExecutionInfo.HistoryLength
	}
	before := events()
	for _, button := range []struct {
		name string
		do   func() error
	}{
		{"Pause", func() error {
			_, err := engine.PauseActivity(ctx, &workflowservice.PauseActivityRequest{Namespace: devstack.Namespace, Execution: of,
				Activity: &workflowservice.PauseActivityRequest_Type{Type: mail}})
			return err
		}},
		{"Unpause", func() error {
			_, err := engine.UnpauseActivity(ctx, &workflowservice.UnpauseActivityRequest{Namespace: devstack.Namespace, Execution: of,
				Activity: &workflowservice.UnpauseActivityRequest_Type{Type: mail}})
			return err
		}},
		{"Reset", func() error {
			_, err := engine.ResetActivity(ctx, &workflowservice.ResetActivityRequest{Namespace: devstack.Namespace, Execution: of,
				Activity: &workflowservice.ResetActivityRequest_Type{Type: mail}})
			return err
		}},
		{"Update", func() error {
			_, err := engine.UpdateActivityOptions(ctx, &workflowservice.UpdateActivityOptionsRequest{Namespace: devstack.Namespace, Execution: of,
				Activity:   &workflowservice.UpdateActivityOptionsRequest_Type{Type: mail},
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"retry_policy.maximum_attempts"}}, ActivityOptions: &activity.ActivityOptions{RetryPolicy: &common.RetryPolicy{}}})
			return err
		}},
	} {
		if err := button.do(); err != nil {
			t.Errorf("%s: %v", button.name, err)
		}
		if after := events(); after != before {
			t.Errorf("%s wrote %d events", button.name, after-before)
		}
	}
}
