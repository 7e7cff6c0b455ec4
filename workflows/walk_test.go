package workflows

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"koppel/onboarding"
)

// walk brings a case of one kind to a step and makes an event happen in it.
type walk interface {
	// prepare scripts what brings the case to the step and makes the event have that result: stays is told as the step
	// itself. It returns when the step is reached and when the event has had its result; an update is sent in between,
	// by the test. event is empty where there is none.
	prepare(step onboarding.Step, event string, result onboarding.Step) (reached, look time.Duration)

	// play runs the case to its end.
	play()

	env() *testsuite.TestWorkflowEnvironment

	// query is the name of the query that tells the step.
	query() string
}

// walks are the kinds of cases, as in tables.
var walks = map[string]func(*testing.T) walk{
	LinkingName:       walkLinking,
	AdditionName:      walkAddition,
	EmailChangeName:   walkChange,
	UnlinkingName:     walkUnlinking,
	PasswordResetName: walkReset,
}

// TestEveryCellOfEveryTable makes every event happen at every step, with each of its results. Where the table has no
// cell for an update, it is rejected and the case stays.
func TestEveryCellOfEveryTable(t *testing.T) {
	for _, each := range tables {
		if walks[each.workflow] == nil {
			t.Errorf("%s: nobody walks its table", each.workflow)
			continue
		}
		cells, refused := 0, 0
		for _, step := range slices.DeleteFunc(each.table.steps(), onboarding.Step.Over) {
			for _, event := range each.table.events() {
				results := each.table.results(step, event)
				for _, result := range results {
					t.Run(each.workflow+"/"+string(step)+"/"+event+"/"+string(result), func(t *testing.T) {
						walkCell(t, walks[each.workflow](t), each.table, step, event, result)
					})
				}
				cells += min(1, len(results))
				if len(results) == 0 && each.table.by(event) != bySystem {
					t.Run(each.workflow+"/"+string(step)+"/"+event+"/rejected", func(t *testing.T) {
						walkRejected(t, walks[each.workflow](t), step, event)
					})
					refused++
				}
			}
		}
		t.Logf("%s: %d cells, and %d updates that have none", each.workflow, cells, refused)
	}
}

func walkCell(t *testing.T, w walk, table table, step onboarding.Step, event string, result onboarding.Step) {
	want := result
	if result == stays {
		want = step
	}
	scriptHelp(w.env(), helpOutcome(step, event, result))
	reached, look := w.prepare(step, event, want)
	before, after := stepAt(t, w, reached), stepAt(t, w, look)
	signalEvent(w, event, reached)
	got := &answer{done: true}
	if table.by(event) != bySystem {
		got = sendUpdate(w.env(), reached+time.Millisecond, "event", event)
	}
	w.play()
	switch {
	case *before != step:
		t.Errorf("the case was at %q, want %q", *before, step)
	case !got.done || got.err != nil:
		t.Errorf("%s: answered %v, %v", event, got.done, got.err)
	case want.Over():
		var ended struct{ Ending onboarding.Step }
		if err := w.env().GetWorkflowResult(&ended); err != nil || ended.Ending != want {
			t.Errorf("the case ended as %q, %v, want %q", ended.Ending, err, want)
		}
	case *after != want:
		t.Errorf("the case is at %q, want %q", *after, want)
	}
}

// signalEvent makes an event happen that comes as a signal.
func signalEvent(w walk, event string, reached time.Duration) {
	if event == identityMoved {
		w.env().RegisterDelayedCallback(func() { w.env().SignalWorkflow(CaseVoided, nil) }, reached+time.Millisecond)
	}
}

func walkRejected(t *testing.T, w walk, step onboarding.Step, event string) {
	reached, _ := w.prepare(step, "", step)
	before, after := stepAt(t, w, reached), stepAt(t, w, reached+2*time.Millisecond)
	got := sendUpdate(w.env(), reached+time.Millisecond, "rejected", event)
	w.play()
	got.wantRejected(t, event, onboarding.Stale)
	if *before != step || *after != step {
		t.Errorf("the case went from %q to %q, want %q", *before, *after, step)
	}
}

// stepAt looks at the step at a moment; it stays empty when the case is over by then.
func stepAt(t *testing.T, w walk, at time.Duration) *onboarding.Step {
	var view struct{ Step onboarding.Step }
	w.env().RegisterDelayedCallback(func() {
		if w.env().IsWorkflowCompleted() {
			return
		}
		value, err := w.env().QueryWorkflow(w.query())
		if err == nil {
			err = value.Get(&view)
		}
		if err != nil {
			t.Errorf("query: %v", err)
		}
	}, at)
	return &view.Step
}
