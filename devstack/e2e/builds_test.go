package e2e

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"koppel/devstack"
	"koppel/store/storetest"
)

// TestANewBuildTakesOverOpenCasesOfEveryStepAndAnOldOneTakesThemBack has cases wait at the steps of docs/states.md, gives
// the work to another build of the worker and back, and makes each case go on in between. The same stack shows what is
// measured and traced, and takes the commands of docs/operators.md.
func TestANewBuildTakesOverOpenCasesOfEveryStepAndAnOldOneTakesThemBack(t *testing.T) {
	traces, err := devstack.StartTraces()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { traces.Stop() })
	names := append([]string{"proof", "mailing", "pin", "completing", "notifying", "traced"}, linkedBefore...)
	stack := startStackWith(t, devstack.Options{Dir: t.TempDir(), DatabaseURL: storetest.URL(t), InMemory: true, Build: "first",
		Traces: traces, Personas: append(people(names...), peopleOf(elders, "koos", "asks1", "asks2", "asks3", "asks4", "asks5")...)})
	w := waiting{t, stack, map[string]*traveller{}}
	for i, p := range travellers(t, stack, giveAccounts(t, openDatabase(t, stack), cheap, names...)) {
		w.people[names[i]] = p
	}
	w.seed()

	r := release{t, stack, connect(t, stack)}
	open := r.openCases()
	r.wantEveryStep(open)
	r.record(open)
	for kind, at := range stepsOf(open) {
		t.Logf("%s: %s", kind, strings.Join(at, ", "))
	}
	r.refused("second")
	if _, err := stack.StartBuild(t.Context(), "second"); err != nil {
		t.Fatal(err)
	}
	r.goesTo("second", open)
	r.goesTo("first", open) // a release that is taken back
	w.finish()
	r.wantNoFailedTasks(open)

	t.Run("metrics", func(t *testing.T) { everyMetricNamedExists(t, stack) })
	t.Run("trace", func(t *testing.T) { traceOfAJourney(t, traces, w.people["traced"]) })
	t.Run("runbook", func(t *testing.T) { everyCommandOfTheOperatorsPageRuns(t, stack) })
}

// release moves open cases between builds.
type release struct {
	t        *testing.T
	stack    *devstack.Stack
	temporal client.Client
}

func connect(t *testing.T, stack *devstack.Stack) client.Client {
	t.Helper()
	temporal, err := stack.Temporal.Client()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(temporal.Close)
	return temporal
}

// openCase is a case that waits.
type openCase struct{ kind, step, id string }

// openCases reads them back as Temporal UI lists them.
func (r release) openCases() (open []openCase) {
	r.t.Helper()
	list, err := r.temporal.ListWorkflow(within(r.t, time.Minute), &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: devstack.Namespace, PageSize: 1000, Query: `ExecutionStatus = 'Running' AND KoppelStep IS NOT NULL`})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, execution := range list.Executions {
		open = append(open, openCase{execution.Type.Name, stepOf(execution), execution.Execution.WorkflowId})
	}
	return open
}

func stepOf(execution *workflow.WorkflowExecutionInfo) string {
	return strings.Trim(string(execution.SearchAttributes.GetIndexedFields()["KoppelStep"].GetData()), `"`)
}

func stepsOf(open []openCase) map[string][]string {
	steps := map[string][]string{}
	for _, c := range open {
		if !slices.Contains(steps[c.kind], c.step) {
			steps[c.kind] = append(steps[c.kind], c.step)
		}
	}
	return steps
}

// wantEveryStep compares with the columns of docs/states.md, which are those of the tables that the code asks.
func (r release) wantEveryStep(open []openCase) {
	r.t.Helper()
	page, err := os.ReadFile("../../docs/states.md")
	if err != nil {
		r.t.Fatal(err)
	}
	have := stepsOf(open)
	for _, section := range strings.Split(string(page), "\n## ")[1:] {
		kind, rest, _ := strings.Cut(section, "\n")
		head, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
		for _, step := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(head, -1) {
			if !slices.Contains(have[kind], step[1]) && !passing[kind+"/"+step[1]] {
				r.t.Errorf("%s: no case waits at %s", kind, step[1])
			}
		}
	}
}

// record keeps a history of each step for the replay test of package workflows, when KOPPEL_HISTORIES names a folder.
func (r release) record(open []openCase) {
	r.t.Helper()
	for _, c := range open {
		record(r.t, strings.ToLower(c.kind)+"-at-"+c.step, r.history(c))
	}
}

func (r release) history(c openCase) *history.History {
	r.t.Helper()
	found := &history.History{}
	events := r.temporal.GetWorkflowHistory(within(r.t, time.Minute), c.id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			r.t.Fatal(err)
		}
		found.Events = append(found.Events, event)
	}
	return found
}

// refused: a build that nobody runs gets no work.
func (r release) refused(build string) {
	r.t.Helper()
	if _, err := r.stack.Run(r.t.Context(), "deploy", "promote", build); err == nil || !strings.Contains(err.Error(), "no worker of build "+build) {
		r.t.Errorf("promoting a build without workers: %v", err)
	}
}

// goesTo promotes a build and makes each case take a step, which has to be done by that build.
func (r release) goesTo(build string, open []openCase) {
	r.t.Helper()
	if err := r.stack.Promote(r.t.Context(), build); err != nil {
		r.t.Fatal(err)
	}
	ctx := within(r.t, time.Minute)
	for _, c := range open {
		if err := r.temporal.SignalWorkflow(ctx, c.id, "", "wake", nil); err != nil {
			r.t.Fatalf("%s at %s: %v", c.kind, c.step, err)
		}
	}
	for _, c := range open {
		for r.buildOf(c) != build {
			select {
			case <-ctx.Done():
				r.t.Fatalf("%s at %s stays with build %s, want %s", c.kind, c.step, r.buildOf(c), build)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	shown, err := r.stack.Run(r.t.Context(), "deploy", "show")
	if err != nil || !regexp.MustCompile(`(?m)^`+build+` +the work +yes`).MatchString(shown) {
		r.t.Errorf("deploy show: %v\n%s", err, shown)
	}
	r.t.Logf("%d cases went to build %s\n%s", len(open), build, shown)
}

// buildOf is the build that took the last step of a case.
func (r release) buildOf(c openCase) string {
	described, err := r.temporal.DescribeWorkflowExecution(within(r.t, 10*time.Second), c.id, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return described.GetWorkflowExecutionInfo().GetVersioningInfo().GetDeploymentVersion().GetBuildId()
}

// wantNoFailedTasks: code that does not fit a history fails the task, and the history says so.
func (r release) wantNoFailedTasks(open []openCase) {
	r.t.Helper()
	failed, tasks := map[string]int{}, 0
	for _, c := range open {
		for _, event := range r.history(c).Events {
			switch event.EventType {
			case enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
				tasks++
			case enums.EVENT_TYPE_WORKFLOW_TASK_FAILED:
				failed[fmt.Sprint(c.kind, " at ", c.step, ": ", event.GetWorkflowTaskFailedEventAttributes().GetCause())]++
			}
		}
	}
	r.t.Logf("%d workflow tasks done, %d failed", tasks, len(failed))
	for what := range maps.Keys(failed) {
		r.t.Error(what)
	}
}
