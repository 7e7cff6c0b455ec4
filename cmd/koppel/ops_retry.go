package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/time/rate"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// progressEvery is after how many something is said.
const progressEvery = 100

// soon is when an attempt is left to come by itself. The engine throws away the result of an attempt that a reset meets
// under way, and has it done again only after its time-out.
const soon = 5 * time.Second

// retrying has what fails done again.
type retrying struct {
	shift
	act           helpdesk.Act
	dry           bool
	out, progress io.Writer
	pace          *rate.Limiter
	done          tally
	near          int     // attempts that need no help
	refused       []error // what could not be brought back
}

// again brings one thing back. What is paused stays so; what is being tried, or will be soon, needs nothing.
func (r *retrying) again(ctx context.Context, engine temporalClient, f failing) error {
	switch {
	case f.paused:
		return nil
	case f.running, f.activity != "" && f.next.Before(r.now().Add(soon)):
		r.near++
		return nil
	case r.dry:
		r.done.add(f.kind())
		fmt.Fprintln(r.out, f)
		return nil
	}
	if err := r.pace.Wait(ctx); err != nil {
		return err
	}
	retry := r.reset
	if f.activity == "" {
		retry = r.unpark
	}
	done, err := retry(ctx, engine, f)
	if err != nil {
		return fmt.Errorf("%s: %w", f.workflowID, err)
	}
	if done {
		r.done.add(f.kind())
	}
	if r.done.all%progressEvery == 0 && done {
		fmt.Fprintf(r.progress, "%d brought back\n", r.done.all)
	}
	return nil
}

// reset ends the backoff of an activity, and tells the audit before. done is false when it has got done meanwhile.
func (r *retrying) reset(ctx context.Context, engine temporalClient, f failing) (done bool, err error) {
	err = r.db.Transact(ctx, func(tx *store.Tx) error {
		return tx.Audit(ctx, store.Event{At: r.now(), Name: onboarding.ActivityReset,
			Detail: r.act.Detail(map[string]any{"workflow": f.workflowID, "activity": f.name})})
	})
	if err != nil {
		return false, err
	}
	err = inTime(ctx, func(ctx context.Context) error {
		_, err := engine.WorkflowService().ResetActivity(ctx, &workflowservice.ResetActivityRequest{
			Namespace: engine.namespace, Execution: &common.WorkflowExecution{WorkflowId: f.workflowID, RunId: f.runID},
			Activity: &workflowservice.ResetActivityRequest_Id{Id: f.activity}, KeepPaused: true})
		return err
	})
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return false, nil
	}
	return err == nil, err
}

// unpark has a parked step done again. done is false when it is parked no longer.
func (r *retrying) unpark(ctx context.Context, engine temporalClient, f failing) (done bool, err error) {
	var verdict onboarding.Verdict
	err = inTime(ctx, func(ctx context.Context) error {
		handle, err := engine.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
			WorkflowID: f.workflowID, RunID: f.runID, UpdateID: onboarding.NewID(), UpdateName: workflows.RetryNow,
			Args: []any{workflows.Help{Act: r.act}}, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err != nil {
			return err
		}
		return handle.Get(ctx, &verdict)
	})
	var gone *serviceerror.NotFound
	var rejected *temporal.ApplicationError
	switch {
	case errors.As(err, &gone):
		return false, nil
	case errors.As(err, &rejected) && rejected.Type() == string(onboarding.Stale):
		return false, nil
	case errors.As(err, &rejected) && rejected.Type() == string(onboarding.Busy):
		r.refused = append(r.refused, fmt.Errorf("%s: somebody else is at it", f))
		return false, nil
	case err != nil:
		return false, err
	case verdict.Outcome == onboarding.NoAgent:
		return false, helpdesk.ErrUnknown
	case verdict.Outcome != onboarding.Accepted:
		r.refused = append(r.refused, fmt.Errorf("%s: not done (%s)", f, verdict.Outcome))
		return false, nil
	}
	return true, nil
}

// failed says what could not be brought back.
func (r *retrying) failed() error {
	if len(r.refused) == 0 {
		return nil
	}
	return fmt.Errorf("ops retry-now: give the same command again for these:\n%w", errors.Join(r.refused...))
}
