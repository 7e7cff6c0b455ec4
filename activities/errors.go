package activities

import (
	"context"
	"errors"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"koppel/logs"
	"koppel/onboarding"
)

var panics, _ = otel.Meter("koppel/activities").Int64Counter("koppel.panics", metric.WithDescription("Panics, each of them a bug."))

// Discretion keeps the causes of failures out of Temporal, whose histories are long-lived and read by many: the
// cause goes to the log, Temporal gets a code. A panic becomes an error like any other.
type Discretion struct {
	interceptor.WorkerInterceptorBase
	Log       *slog.Logger
	Reference func(workflowID string) onboarding.Reference // of a case; empty for the upkeep
}

// InterceptActivity implements interceptor.WorkerInterceptor.
func (d *Discretion) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &discreet{interceptor.ActivityInboundInterceptorBase{Next: next}, d}
}

type discreet struct {
	interceptor.ActivityInboundInterceptorBase
	discretion *Discretion
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor.
func (d *discreet) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (result any, err error) {
	panics.Add(ctx, 0) // counted from zero: Prometheus does not see the first of a count that begins with it
	if reference := d.discretion.Reference(activity.GetInfo(ctx).WorkflowExecution.ID); reference != "" {
		ctx = logs.WithReference(ctx, string(reference))
	}
	defer func() {
		if cause := recover(); cause != nil {
			panics.Add(ctx, 1)
			d.tell(ctx, "activity panicked", cause)
			result, err = nil, temporal.NewApplicationError("see the log of the worker", "panic")
		}
	}()
	result, err = d.Next.ExecuteActivity(ctx, in)
	if err == nil || errors.Is(err, context.Canceled) {
		return result, err
	}
	if errors.Is(err, errMailDelayed) {
		return nil, temporal.NewApplicationError(errMailDelayed.Error(), "mail_delayed")
	}
	if errors.Is(err, errMailUnderWay) {
		return nil, temporal.NewApplicationError(errMailUnderWay.Error(), "mail_under_way")
	}
	d.tell(ctx, "activity failed", err)
	return nil, temporal.NewApplicationError("see the log of the worker", "unavailable")
}

func (d *discreet) tell(ctx context.Context, what string, cause any) {
	info := activity.GetInfo(ctx)
	d.discretion.Log.ErrorContext(ctx, what, "activity", info.ActivityType.Name, "workflow", info.WorkflowExecution.ID,
		"attempt", info.Attempt, "cause", cause)
}
