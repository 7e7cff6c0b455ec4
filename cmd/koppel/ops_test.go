package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/failure/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// ailing is an engine with two cases whose mail is in backoff, one whose mail is tried soon, one whose mail is paused, one
// that is sending, one whose mail has not failed, and one with a parked mail.
type ailing struct {
	client.Client
	list   visible
	now    time.Time
	parked deciding
	resets []*workflowservice.ResetActivityRequest
	limits []*workflowservice.UpdateTaskQueueConfigRequest
	broken int // resets that succeed before the connection is lost; 0: all do
}

func (a *ailing) Close() {}

func (a *ailing) ListWorkflow(ctx context.Context, r *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	return a.list.ListWorkflow(ctx, r)
}

func (a *ailing) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return a.parked.UpdateWorkflow(ctx, o)
}

func (a *ailing) WorkflowService() workflowservice.WorkflowServiceClient { return service{nil, a} }

func (a *ailing) DescribeWorkflowExecution(_ context.Context, id, _ string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	late := &workflowpb.PendingActivityInfo{ActivityId: "5", ActivityType: &common.ActivityType{Name: "SendPIN"}, Attempt: 4,
		State: enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, LastFailure: &failure.Failure{Message: "not yet"},
		ScheduledTime: timestamppb.New(a.now.Add(time.Minute))}
	switch id {
	case "soon":
		late.ScheduledTime = timestamppb.New(a.now.Add(soon / 2))
	case "paused":
		late.Paused = true
	case "sending":
		late.State = enumspb.PENDING_ACTIVITY_STATE_STARTED
	case "first try":
		late.LastFailure = nil
	case "parked":
		return &workflowservice.DescribeWorkflowExecutionResponse{}, nil
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{PendingActivities: []*workflowpb.PendingActivityInfo{late}}, nil
}

// service is the engine's own interface.
type service struct {
	workflowservice.WorkflowServiceClient // nil
	of                                    *ailing
}

func (a service) ResetActivity(_ context.Context, r *workflowservice.ResetActivityRequest, _ ...grpc.CallOption) (*workflowservice.ResetActivityResponse, error) {
	if a.of.broken > 0 && len(a.of.resets) == a.of.broken {
		return nil, serviceerror.NewUnavailable("connection lost")
	}
	a.of.resets = append(a.of.resets, r)
	return nil, nil
}

func (a service) UpdateTaskQueueConfig(_ context.Context, r *workflowservice.UpdateTaskQueueConfigRequest, _ ...grpc.CallOption) (*workflowservice.UpdateTaskQueueConfigResponse, error) {
	a.of.limits = append(a.of.limits, r)
	return nil, nil
}

func opsDesk(t *testing.T) (d *helpdeskDesk, token string, engine *ailing) {
	d = newHelpdeskDesk(t)
	engine = &ailing{now: d.clock(), parked: deciding{verdict: onboarding.Verdict{Outcome: onboarding.Accepted}}}
	for _, id := range []string{"late", "soon", "paused", "sending", "first try", "parked", "late too"} {
		fields := map[string]any{"KoppelStep": "mailing_pin"}
		if id == "parked" {
			fields["KoppelAttention"] = "mail_refused"
		}
		info := visibleCase(t, workflows.LinkingName, fields)
		info.Execution = &common.WorkflowExecution{WorkflowId: id, RunId: "run"}
		engine.list.cases = append(engine.list.cases, info)
	}
	d.engine = temporalClient{Client: engine, namespace: "default"}
	return d, d.newAgent("joost", helpdesk.Operator), engine
}

// ops runs `koppel ops` with the token of an agent.
func (d *helpdeskDesk) ops(token string, args ...string) (string, error) {
	return d.run(opsCommand(&counter{
		settings: func() (settings, error) { return settings{AgentToken: agentToken(token)}, nil },
		open:     func(settings) (*store.Store, error) { return store.Open(d.url) },
		dial:     func(settings) (temporalClient, error) { return d.engine, nil },
		now:      d.clock,
	}), args)
}

var mended = []string{"--reason", "mended", "--ticket", "INC-20261"}

func TestFailingListsWhatIsTriedAgainAndWhatIsParkedByKind(t *testing.T) {
	d, token, engine := opsDesk(t)
	out, err := d.ops(token, "failing", "--query", `KoppelInstitution = "03AB"`)
	for _, want := range []string{"5  SendPIN: not yet\n", "1  mailing_pin: mail_refused\n", "6  in all\n", "paused  SendPIN: not yet  attempt 4, paused\n"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%v; %q is not in\n%s", err, want, out)
		}
	}
	if !strings.HasSuffix(engine.list.asked[0], ` AND (KoppelInstitution = "03AB")`) {
		t.Errorf("asked %s", engine.list.asked[0])
	}
}

func TestRetryNowBringsBackWhatWaitsAndLeavesWhatIsPausedOrUnderWayOrSoon(t *testing.T) {
	d, token, engine := opsDesk(t)
	out, err := d.ops(token, append([]string{"retry-now", "--rate", "1000"}, mended...)...)
	if err != nil || !strings.Contains(out, "     3  in all\n") || !strings.Contains(out, "     2  more are being tried, or will be within 5s\n") {
		t.Fatalf("%v\n%s", err, out)
	}
	var reset []string
	for _, r := range engine.resets {
		reset = append(reset, r.Execution.WorkflowId)
		if r.GetId() != "5" || !r.KeepPaused {
			t.Errorf("reset %v", r)
		}
	}
	if strings.Join(reset, ",") != "late,late too" || len(engine.parked.asked) != 1 || engine.parked.asked[0].WorkflowID != "parked" {
		t.Errorf("reset %v, sent %v", reset, engine.parked.asked)
	}
	act := engine.parked.asked[0].Args[0].(workflows.Help).Act
	if act.Agent == "" || act.Reason != helpdesk.Mended || act.Ticket != "INC-20261" {
		t.Errorf("sent by %+v", act)
	}
	if n := d.count(`select count(*) from audit where event = 'ops.reset' and detail ->> 'ticket' = 'INC-20261'`); n != 2 {
		t.Errorf("%d lines of audit, want 2", n)
	}
}

func TestRetryNowChangesNothingOnADryRunOrByTheHelpdesk(t *testing.T) {
	d, token, engine := opsDesk(t)
	out, err := d.ops(token, append([]string{"retry-now", "--dry-run"}, mended...)...)
	if err != nil || !strings.Contains(out, "     3  in all\n") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := d.ops(d.newAgent("fatima", helpdesk.Desk), append([]string{"retry-now"}, mended...)...); !errors.Is(err, helpdesk.ErrRole) {
		t.Errorf("the helpdesk: %v", err)
	}
	if len(engine.resets)+len(engine.parked.asked) != 0 || d.count(`select count(*) from audit where event like 'ops.%'`) != 0 {
		t.Errorf("reset %v, sent %v", engine.resets, engine.parked.asked)
	}
}

func TestRetryNowThatIsInterruptedSaysHowFarItCameAndGoesOn(t *testing.T) {
	d, token, engine := opsDesk(t)
	engine.broken = 1
	out, err := d.ops(token, append([]string{"retry-now", "--rate", "1000"}, mended...)...)
	if err == nil || !strings.Contains(err.Error(), "give the same command again") || !strings.Contains(out, "     2  in all\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMailIsHeldAndReleasedByTheRateOfItsQueue(t *testing.T) {
	d, token, engine := opsDesk(t)
	for _, verb := range []string{"hold-mail", "release-mail"} {
		if _, err := d.ops(token, append([]string{verb}, mended...)...); err != nil {
			t.Fatal(err)
		}
	}
	held, released := engine.limits[0], engine.limits[1]
	if held.TaskQueue != "koppel-mail" || held.TaskQueueType != enumspb.TASK_QUEUE_TYPE_ACTIVITY ||
		held.UpdateQueueRateLimit.RateLimit == nil || held.UpdateQueueRateLimit.RateLimit.RequestsPerSecond != 0 {
		t.Errorf("held by %v", held)
	}
	if released.UpdateQueueRateLimit == nil || released.UpdateQueueRateLimit.RateLimit != nil {
		t.Errorf("released by %v", released)
	}
	if n := d.count(`select count(*) from audit where event in ('ops.mail_held', 'ops.mail_released')`); n != 2 {
		t.Errorf("%d lines of audit, want 2", n)
	}
}
