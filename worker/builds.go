package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"koppel/activities"
)

// settlePause is how often a promotion looks whether all queues know of it.
const settlePause = 100 * time.Millisecond

// Builds are the versions of the worker that Temporal knows. Which of them gets the work is decided by Promote alone.
type Builds struct {
	Client    client.Client
	Namespace string
}

// Build is one version of the worker.
type Build struct {
	ID      string
	Since   time.Time // when Temporal saw it first
	Current bool
	Percent float32 // of the cases that a ramp gives it; 0: none
	Polling bool    // whether workers of it asked each queue for work within the last minutes
	Open    int64   // workflows under way whose last step it made
}

// queue is one kind of work that a build has to ask for.
type queue struct {
	name string
	kind enums.TaskQueueType
}

var queues = []queue{
	{activities.MainQueue, enums.TASK_QUEUE_TYPE_WORKFLOW},
	{activities.MainQueue, enums.TASK_QUEUE_TYPE_ACTIVITY},
	{activities.CheckQueue, enums.TASK_QUEUE_TYPE_ACTIVITY},
	{activities.MailQueue, enums.TASK_QUEUE_TYPE_ACTIVITY},
}

func (b Builds) handle() client.WorkerDeploymentHandle {
	return b.Client.WorkerDeploymentClient().GetHandle(deployment)
}

// Unserved are the queues that no worker of a build has asked for work within the last minutes; a name can be there for
// workflows and for activities.
func (b Builds) Unserved(ctx context.Context, build string) (names []string, err error) {
	known, err := b.handle().DescribeVersion(ctx, client.WorkerDeploymentDescribeVersionOptions{BuildID: build})
	var unknown *serviceerror.NotFound
	if err != nil && !errors.As(err, &unknown) {
		return nil, fmt.Errorf("build %s: %w", build, err)
	}
	for _, q := range queues {
		registered := slices.Contains(known.Info.TaskQueuesInfos,
			client.WorkerDeploymentTaskQueueInfo{Name: q.name, Type: client.TaskQueueType(q.kind)})
		polled, err := b.polled(ctx, q, build)
		if err != nil {
			return nil, err
		}
		if !registered || !polled {
			names = append(names, q.name)
		}
	}
	return slices.Compact(names), nil
}

func (b Builds) polled(ctx context.Context, q queue, build string) (bool, error) {
	described, err := b.Client.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: b.Namespace, TaskQueue: &taskqueue.TaskQueue{Name: q.name, Kind: enums.TASK_QUEUE_KIND_NORMAL}, TaskQueueType: q.kind,
	})
	if err != nil {
		return false, fmt.Errorf("queue %s: %w", q.name, err)
	}
	return slices.ContainsFunc(described.Pollers, func(p *taskqueue.PollerInfo) bool {
		return p.DeploymentOptions.GetDeploymentName() == deployment && p.DeploymentOptions.GetBuildId() == build
	}), nil
}

// Promote makes a build current: from their next step on it works on all cases, new and open.
func (b Builds) Promote(ctx context.Context, build string) error {
	_, err := b.handle().SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
	if err != nil {
		return fmt.Errorf("promote %s: %w", build, err)
	}
	return b.settled(ctx)
}

// settled returns when every queue knows which build gets its work: Temporal tells them after it has answered.
func (b Builds) settled(ctx context.Context) error {
	for {
		described, err := b.Client.WorkflowService().DescribeWorkerDeployment(ctx,
			&workflowservice.DescribeWorkerDeploymentRequest{Namespace: b.Namespace, DeploymentName: deployment})
		if err != nil {
			return fmt.Errorf("queues learn of the build: %w", err)
		}
		if described.GetWorkerDeploymentInfo().GetRoutingConfigUpdateState() != enums.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("queues learn of the build: %w", ctx.Err())
		case <-time.After(settlePause):
		}
	}
}

// Ramp gives a build a share of the cases, 0 to 100 percent; the current build keeps the rest.
func (b Builds) Ramp(ctx context.Context, build string, percent float32) error {
	_, err := b.handle().SetRampingVersion(ctx, client.WorkerDeploymentSetRampingVersionOptions{BuildID: build, Percentage: percent})
	if err != nil {
		return fmt.Errorf("ramp %s: %w", build, err)
	}
	return b.settled(ctx)
}

// List tells all builds that Temporal remembers, the newest first. None is no error.
func (b Builds) List(ctx context.Context) ([]Build, error) {
	described, err := b.handle().Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	var unknown *serviceerror.NotFound
	if errors.As(err, &unknown) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("builds: %w", err)
	}
	var builds []Build
	for _, version := range described.Info.VersionSummaries {
		build, err := b.look(ctx, version, described.Info.RoutingConfig)
		if err != nil {
			return nil, err
		}
		builds = append(builds, build)
	}
	slices.SortFunc(builds, func(a, b Build) int { return b.Since.Compare(a.Since) })
	return builds, nil
}

func (b Builds) look(ctx context.Context, version client.WorkerDeploymentVersionSummary, routing client.WorkerDeploymentRoutingConfig) (Build, error) {
	build := Build{ID: version.Version.BuildID, Since: version.CreateTime, Current: is(routing.CurrentVersion, version.Version.BuildID)}
	if is(routing.RampingVersion, build.ID) {
		build.Percent = routing.RampingVersionPercentage
	}
	unserved, err := b.Unserved(ctx, build.ID)
	if err != nil {
		return Build{}, err
	}
	build.Polling = len(unserved) == 0
	build.Open, err = b.count(ctx, fmt.Sprintf("TemporalWorkerDeploymentVersion = '%s:%s'", deployment, build.ID))
	return build, err
}

func is(version *worker.WorkerDeploymentVersion, build string) bool {
	return version != nil && version.BuildID == build
}

// Unversioned counts the workflows under way whose last step was made by a worker without a build.
func (b Builds) Unversioned(ctx context.Context) (int64, error) {
	return b.count(ctx, "TemporalWorkerDeploymentVersion IS NULL AND TaskQueue = '"+activities.MainQueue+"'")
}

func (b Builds) count(ctx context.Context, which string) (int64, error) {
	counted, err := b.Client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: b.Namespace, Query: which + " AND ExecutionStatus = 'Running'"})
	if err != nil {
		return 0, fmt.Errorf("count workflows: %w", err)
	}
	return counted.GetCount(), nil
}
