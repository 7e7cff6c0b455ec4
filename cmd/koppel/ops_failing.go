package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"koppel/onboarding"
	"koppel/workflows"
)

// failing is something that does not get done: an activity that has failed and is tried again, or a parked step.
type failing struct {
	workflowID, runID string
	listed            workflows.Listed
	activity          string // id; empty: a parked step
	name, why         string // of the activity, and its last failure; or the step, and what it wants attention for
	attempt           int32
	next              time.Time // attempt
	paused, running   bool
}

func (f failing) kind() string { return f.name + ": " + f.why }

func (f failing) String() string {
	reference := cmp.Or(string(f.listed.Reference), f.workflowID)
	switch {
	case f.activity == "":
		return fmt.Sprintf("%s  %s  parked", reference, f.kind())
	case f.paused:
		return fmt.Sprintf("%s  %s  attempt %d, paused", reference, f.kind(), f.attempt)
	case f.running:
		return fmt.Sprintf("%s  %s  attempt %d, under way", reference, f.kind(), f.attempt)
	}
	return fmt.Sprintf("%s  %s  attempt %d at %s", reference, f.kind(), f.attempt, workflows.ClockText(f.next))
}

// failingQuery finds what can be failing: no search attribute tells of failing activities.
func failingQuery(narrower string) string {
	query := `ExecutionStatus = "Running" AND (KoppelAttention IS NOT NULL OR WorkflowType IN ("` + workflows.RegisterNoticeName + `", "` +
		workflows.BounceName + `") OR KoppelStep IN ("` + string(onboarding.MailingPIN) + `", "` + string(onboarding.MailingLink) + `", "` +
		string(onboarding.Finding) + `", "` + string(onboarding.Completing) + `", "` + string(onboarding.Notifying) + `"))`
	if narrower != "" {
		query += " AND (" + narrower + ")"
	}
	return query
}

// eachFailing does something about all that fails, page by page.
func (s shift) eachFailing(ctx context.Context, narrower string, do func(context.Context, temporalClient, failing) error) error {
	engine, err := s.dial(s.settings)
	if err != nil {
		return err
	}
	defer engine.Close()
	request := &workflowservice.ListWorkflowExecutionsRequest{Namespace: engine.namespace, Query: failingQuery(narrower), PageSize: 100}
	for {
		var page *workflowservice.ListWorkflowExecutionsResponse
		err := inTime(ctx, func(ctx context.Context) (err error) {
			page, err = engine.ListWorkflow(ctx, request)
			return err
		})
		if err != nil {
			return fmt.Errorf("list cases: %w", err)
		}
		for _, info := range page.GetExecutions() {
			found, err := engine.failingOf(ctx, info)
			if err != nil {
				return err
			}
			for _, f := range found {
				if err := do(ctx, engine, f); err != nil {
					return err
				}
			}
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return nil
		}
	}
}

// parkedBy are what cases want attention for that an operator can have done again.
var parkedBy = []string{"mail_refused", "no_representative"}

// failingOf is what fails in one workflow.
func (t temporalClient) failingOf(ctx context.Context, info *workflowpb.WorkflowExecutionInfo) (found []failing, err error) {
	listed, err := workflows.ReadListed(info)
	if err != nil {
		return nil, err
	}
	id, run := info.GetExecution().GetWorkflowId(), info.GetExecution().GetRunId()
	if slices.Contains(parkedBy, listed.Attention) && workflows.Retries(listed) {
		found = append(found, failing{workflowID: id, runID: run, listed: listed, name: string(listed.Step), why: listed.Attention})
	}
	var described *workflowservice.DescribeWorkflowExecutionResponse
	err = inTime(ctx, func(ctx context.Context) (err error) {
		described, err = t.DescribeWorkflowExecution(ctx, id, run)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", id, err)
	}
	for _, p := range described.GetPendingActivities() {
		if p.GetLastFailure() == nil && !p.GetPaused() {
			continue
		}
		found = append(found, failing{workflowID: id, runID: run, listed: listed, activity: p.GetActivityId(), name: p.GetActivityType().GetName(),
			why: p.GetLastFailure().GetMessage(), attempt: p.GetAttempt(), next: p.GetScheduledTime().AsTime(), paused: p.GetPaused(),
			running: p.GetState() == enumspb.PENDING_ACTIVITY_STATE_STARTED})
	}
	return found, nil
}

// tally counts by kind.
type tally struct {
	kinds map[string]int
	all   int
}

func (t *tally) add(kind string) {
	if t.kinds == nil {
		t.kinds = map[string]int{}
	}
	t.kinds[kind]++
	t.all++
}

func (t *tally) print(out io.Writer) {
	for _, kind := range slices.Sorted(maps.Keys(t.kinds)) {
		fmt.Fprintf(out, "%6d  %s\n", t.kinds[kind], kind)
	}
	fmt.Fprintf(out, "%6d  in all\n", t.all)
}
