package workflows

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// face is what Temporal UI shows of a case.
type face struct {
	details    string
	attributes map[string]any
	memo       map[string]any
}

// display notes what a workflow shows, which the test environment does not tell.
type display struct {
	interceptor.WorkerInterceptorBase
	env *testsuite.TestWorkflowEnvironment
	now face

	changes []change // not shown yet
}

// watch makes the display of a case that is still to be played, and was begun so.
func watch(env *testsuite.TestWorkflowEnvironment, begun client.StartWorkflowOptions) *display {
	d := &display{env: env, now: face{attributes: map[string]any{}, memo: maps.Clone(begun.Memo)}}
	for key, value := range begun.TypedSearchAttributes.GetUntypedValues() {
		d.now.attributes[key.GetName()] = value
	}
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{d}})
	return d
}

func (d *display) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &inbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, d}
}

type inbound struct {
	interceptor.WorkflowInboundInterceptorBase
	display *display
}

func (i *inbound) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&outbound{interceptor.WorkflowOutboundInterceptorBase{Next: next}, i.display})
}

type outbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	display *display
}

func (o *outbound) UpsertTypedSearchAttributes(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) error {
	o.display.changes = append(o.display.changes, change{attributes: updates})
	return o.Next.UpsertTypedSearchAttributes(ctx, updates...)
}

func (o *outbound) UpsertMemo(ctx workflow.Context, memo map[string]any) error {
	o.display.changes = append(o.display.changes, change{memo: memo})
	return o.Next.UpsertMemo(ctx, memo)
}

// change is what a workflow has set: either.
type change struct {
	attributes []temporal.SearchAttributeUpdate
	memo       map[string]any
}

// apply shows a change.
func (d *display) apply(c change) {
	maps.Copy(d.now.memo, c.memo)
	changed := temporal.NewSearchAttributes(c.attributes...).GetUntypedValues()
	if _, published := changed[KoppelStep]; published {
		d.now.attributes[KoppelAttention.GetName()] = nil // publish sets it or unsets it, which does not show here
	}
	for key, value := range changed {
		d.now.attributes[key.GetName()] = value
	}
}

// look reads what is shown now.
func (d *display) look(t *testing.T) face {
	t.Helper()
	value, err := d.env.QueryWorkflow("__temporal_workflow_metadata")
	var metadata sdk.WorkflowMetadata
	if err == nil {
		err = value.Get(&metadata)
	}
	if err != nil {
		t.Fatalf("the details cannot be read: %v", err)
	}
	for _, c := range d.changes {
		d.apply(c)
	}
	d.changes = nil
	return face{metadata.CurrentDetails, maps.Clone(d.now.attributes), maps.Clone(d.now.memo)}
}

// page writes it so that it can be read and compared.
func (s face) page() string {
	return listed("Search attributes", s.attributes) + listed("Memo", s.memo) + "> " + strings.ReplaceAll(s.details, "\n", "\n> ") + "\n"
}

func listed(title string, values map[string]any) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		if at, ok := value.(time.Time); ok {
			value = at.UTC().Format("2006-01-02T15:04:05Z")
		}
		if value != nil && value != "" {
			parts = append(parts, fmt.Sprintf("%s `%v`", name, value))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return title + ": " + strings.Join(parts, ", ") + "\n\n"
}
