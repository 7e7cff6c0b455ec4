package web

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"go.temporal.io/sdk/client"

	"koppel/activities"
	"koppel/onboarding"
	"koppel/workflows"
)

// engine pretends to be Temporal: it keeps what it was asked, and gives an update that it knows the same answer.
type engine struct {
	mu      sync.Mutex
	started []workflows.LinkingInput
	resets  []workflows.PasswordResetInput
	bounced []activities.Bounce
	added   []workflows.AdditionInput
	changes []workflows.EmailChangeInput
	joined  []activities.Joining
	joins   func(activities.Joining) // what becomes of it; nil: nothing
	reports []workflows.UnlinkingInput
	updates []client.UpdateWorkflowOptions
	known   map[string]onboarding.Verdict
	away    error                                                                 // answer to every call
	judge   func(name string, s workflows.Submission) (onboarding.Verdict, error) // nil: everything is accepted
}

type startOperation struct {
	client.WithStartWorkflowOperation
	input any
}

func (e *engine) ExecuteWorkflow(_ context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away != nil {
		return nil, e.away
	}
	e.begins(args[0])
	return nil, nil
}

func (e *engine) begins(input any) {
	switch in := input.(type) {
	case workflows.LinkingInput:
		e.started = append(e.started, in)
	case activities.Joining:
		e.joined = append(e.joined, in)
		if e.joins != nil {
			e.joins(in)
		}
	case workflows.UnlinkingInput:
		e.reports = append(e.reports, in)
	case workflows.AdditionInput:
		e.added = append(e.added, in)
	case workflows.EmailChangeInput:
		e.changes = append(e.changes, in)
	case workflows.PasswordResetInput:
		e.resets = append(e.resets, in)
	case activities.Bounce:
		e.bounced = append(e.bounced, in)
	}
}

func (e *engine) NewWithStartWorkflowOperation(_ client.StartWorkflowOptions, _ any, args ...any) client.WithStartWorkflowOperation {
	return startOperation{input: args[0]}
}

func (e *engine) UpdateWithStartWorkflow(ctx context.Context, options client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	e.mu.Lock()
	e.begins(options.StartWorkflowOperation.(startOperation).input)
	e.mu.Unlock()
	return e.UpdateWorkflow(ctx, options.UpdateOptions)
}

func (e *engine) UpdateWorkflow(_ context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away != nil {
		return nil, e.away
	}
	if verdict, known := e.known[options.UpdateID]; known {
		return handle{verdict: verdict}, nil
	}
	e.updates = append(e.updates, options)
	verdict, err := onboarding.Verdict{Outcome: onboarding.Accepted}, error(nil)
	if e.judge != nil {
		verdict, err = e.judge(options.UpdateName, options.Args[0].(workflows.Submission))
	}
	if err == nil {
		if e.known == nil {
			e.known = map[string]onboarding.Verdict{}
		}
		e.known[options.UpdateID] = verdict
	}
	return handle{verdict: verdict, err: err}, nil
}

func (e *engine) ping(context.Context) error { return e.away }

// last is the newest update.
func (e *engine) last() client.UpdateWorkflowOptions {
	if len(e.updates) == 0 {
		return client.UpdateWorkflowOptions{}
	}
	return e.updates[len(e.updates)-1]
}

// answers lets every update from now on have this outcome.
func (e *engine) answers(verdict onboarding.Verdict) {
	e.judge = func(string, workflows.Submission) (onboarding.Verdict, error) { return verdict, nil }
}

// rejects lets every update from now on fail like this.
func (e *engine) rejects(err error) {
	e.judge = func(string, workflows.Submission) (onboarding.Verdict, error) { return onboarding.Verdict{}, err }
}

type handle struct {
	client.WorkflowUpdateHandle
	verdict onboarding.Verdict
	err     error
}

func (h handle) Get(_ context.Context, to any) error {
	if h.err != nil {
		return h.err
	}
	text, err := json.Marshal(h.verdict)
	return errors.Join(err, json.Unmarshal(text, to))
}
