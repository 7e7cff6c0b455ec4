package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"koppel/onboarding"
)

// journey is what the workflows of all kinds of cases share: where the case stands and since when, one check at a time,
// what the system is doing for it, and what Temporal UI shows of it. A workflow embeds it and is its tale.
//
// A workflow starts with begin, registers its updates with handle, has forms judged with check, does things with effect,
// and goes on with moveTo. runClock runs beside it.
type journey struct {
	tale

	caseID    string
	reference onboarding.Reference
	deadline  time.Time // of the case

	step         onboarding.Step
	since        time.Time
	institutions []onboarding.InstitutionCode
	verdict      onboarding.Verdict // of the last check
	judged       time.Time          // when that was
	attention    string

	stoppedByDesk bool // an agent has ended the case

	gone    bool        // something else has ended the case
	opened  bool        // the row of the case stands
	busy    bool        // one check, or one turn of the system, at a time
	effects []*effect   // under way
	alarms  []time.Time // further moments at which something happens by itself

	guards map[string]func() error // by update: why it is rejected at a step that fits, or nil
}

// tale is what differs between kinds of cases.
type tale interface {
	// table of the steps.
	table() table

	// until is when the present step ends by itself.
	until() time.Time

	// trouble is what the case wants attention for beside an effect that takes long; empty when there is none.
	trouble() string

	// words are the heading of the present step and what an agent can do now, in Dutch.
	words() (heading, counsel string)

	// facts are further lines of the details, in Dutch. A fact without a value is left out.
	facts() []fact

	// footer is the last line of the details; it may be empty.
	footer() string
}

// fact is a line of the details: name and value.
type fact struct{ name, value string }

// begin makes t the tale of the journey.
func (j *journey) begin(t tale, step onboarding.Step, since time.Time) {
	j.tale, j.step, j.since, j.guards = t, step, since, map[string]func() error{}
}

// moveTo makes step the step of the case and shows it. A move that the table does not have is a bug: it fails the
// workflow task, which is tried again until the program is mended.
func (j *journey) moveTo(ctx workflow.Context, step onboarding.Step) error {
	if !j.table().leads(j.step, step) {
		panic("the table has no way from " + string(j.step) + " to " + string(step))
	}
	j.step, j.since = step, workflow.Now(ctx)
	return j.publish(ctx, step.Rests())
}

// expired tells whether the case is past its deadline.
func (j *journey) expired(ctx workflow.Context) bool {
	return !workflow.Now(ctx).Before(j.deadline)
}
