// Package worker runs the workflows and activities: which queue has how many slots, and how a worker stops.
//
// It knows nothing of what they do.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
	"koppel/workflows"
)

// Settings are what a worker needs.
type Settings struct {
	Client     client.Client
	Activities *activities.Activities
	BuildID    string // empty: no worker versioning (a versioned worker idles until its version is made current)
	Log        *slog.Logger
}

const (
	// checkSlots is how many passwords are hashed at once: each takes a core and 64 MiB.
	checkSlots = 2
	mailSlots  = 20
	mainSlots  = 50

	// stopTimeout lets a worker finish what it holds: a mail takes at most 25 seconds.
	stopTimeout = 28 * time.Second

	// stickyTimeout is how long a case waits for a worker that died before another one takes it.
	stickyTimeout = 2 * time.Second

	// A worker that does not get started, or is refused, is tried again: from restartPause up to restartPauseMax.
	restartPause    = time.Second
	restartPauseMax = 10 * time.Second

	deployment = "koppel"
)

// Run serves all queues until ctx ends, then finishes what it holds. Where Temporal cannot be reached, or refuses
// the worker, it says so and tries again: an end of the process would only hide which part is away.
func Run(ctx context.Context, s Settings) {
	told := ""
	for pause := restartPause; ; pause = min(2*pause, restartPauseMax) {
		err := serve(ctx, s)
		if err == nil {
			return
		}
		if told != err.Error() { // once per cause, not per attempt
			told = err.Error()
			s.Log.WarnContext(ctx, "worker does not run; trying again", "cause", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// serve runs one set of workers until ctx ends or one of them fails for good; a stopped one cannot be started again.
func serve(ctx context.Context, s Settings) error {
	failed := make(chan error, 3)
	var running []worker.Worker
	defer func() { stop(running) }()
	for _, w := range newWorkers(s, func(err error) { failed <- err }) {
		if err := w.Start(); err != nil {
			return fmt.Errorf("start: %w", err)
		}
		running = append(running, w)
	}
	s.Log.InfoContext(ctx, "worker started", "build", s.BuildID)
	select {
	case <-ctx.Done():
		s.Log.InfoContext(ctx, "worker stopping", "patience", stopTimeout.String())
		return nil
	case err := <-failed:
		return fmt.Errorf("refused by Temporal: %w", err)
	}
}

func newWorkers(s Settings, fatal func(error)) []worker.Worker {
	main := worker.New(s.Client, activities.MainQueue, options(s, mainSlots, fatal))
	Register(main)
	check := worker.New(s.Client, activities.CheckQueue, activitiesOnly(options(s, checkSlots, fatal)))
	mail := worker.New(s.Client, activities.MailQueue, activitiesOnly(options(s, mailSlots, fatal)))
	for _, w := range []worker.Worker{main, check, mail} {
		w.RegisterActivity(s.Activities)
	}
	return []worker.Worker{main, check, mail}
}

// Register adds the workflows to a worker or a replayer.
func Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(workflows.Linking, workflow.RegisterOptions{Name: workflows.LinkingName})
	r.RegisterWorkflowWithOptions(workflows.Joining, workflow.RegisterOptions{Name: workflows.JoiningName})
	r.RegisterWorkflowWithOptions(workflows.Addition, workflow.RegisterOptions{Name: workflows.AdditionName})
	r.RegisterWorkflowWithOptions(workflows.EmailChange, workflow.RegisterOptions{Name: workflows.EmailChangeName})
	r.RegisterWorkflowWithOptions(workflows.Unlinking, workflow.RegisterOptions{Name: workflows.UnlinkingName})
	r.RegisterWorkflowWithOptions(workflows.PasswordReset, workflow.RegisterOptions{Name: workflows.PasswordResetName})
	r.RegisterWorkflowWithOptions(workflows.RegisterNotice, workflow.RegisterOptions{Name: workflows.RegisterNoticeName})
	r.RegisterWorkflowWithOptions(workflows.AuditChain, workflow.RegisterOptions{Name: workflows.AuditChainName})
	r.RegisterWorkflowWithOptions(workflows.Housekeeping, workflow.RegisterOptions{Name: workflows.HousekeepingName})
	r.RegisterWorkflowWithOptions(workflows.Bounce, workflow.RegisterOptions{Name: workflows.BounceName})
}

func options(s Settings, slots int, fatal func(error)) worker.Options {
	o := worker.Options{
		MaxConcurrentActivityExecutionSize: slots,
		StickyScheduleToStartTimeout:       stickyTimeout,
		WorkerStopTimeout:                  stopTimeout,
		DisableRegistrationAliasing:        true,
		OnFatalError:                       fatal,
		Interceptors:                       []interceptor.WorkerInterceptor{&activities.Discretion{Log: s.Log, Reference: s.reference}},
	}
	if s.BuildID != "" {
		o.DeploymentOptions = worker.DeploymentOptions{
			UseVersioning:             true,
			Version:                   worker.WorkerDeploymentVersion{DeploymentName: deployment, BuildID: s.BuildID},
			DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
		}
	}
	return o
}

func (s Settings) reference(workflowID string) onboarding.Reference {
	if !workflows.IsCase(workflowID) {
		return ""
	}
	return workflows.Reference(s.Activities.Lookup.Hash, workflowID)
}

func activitiesOnly(o worker.Options) worker.Options {
	o.DisableWorkflowWorker = true
	return o
}

// stop stops all workers at the same time, as each may take stopTimeout.
func stop(running []worker.Worker) {
	done := make(chan struct{})
	for _, w := range running {
		go func() { w.Stop(); done <- struct{}{} }()
	}
	for range running {
		<-done
	}
}
