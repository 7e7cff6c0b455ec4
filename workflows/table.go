package workflows

import (
	"slices"

	"koppel/onboarding"
)

// actor is whose doing an event is.
type actor string

const (
	byPerson         actor = "person"         // at the pages, by an update
	byRepresentative actor = "representative" // by the link in a mail
	byHelpdesk       actor = "helpdesk"       // by an update that names the agent
	byOperator       actor = "operator"       // by an update
	bySystem         actor = "system"         // a deadline, or what became of an activity
)

// table tells what each event can make of each step of a case. The code asks it: an update that has no cell for the step
// is rejected, and a move that no cell has is a bug. docs/states.md is made of it.
type table []transition

// transition is one row: the event, the steps it fits, and what it can lead to from each of them.
type transition struct {
	event string
	by    actor
	from  []onboarding.Step
	to    []onboarding.Step
}

// stays stands for the step that the event fits: the case does not move.
const stays onboarding.Step = "stays"

// admits tells whether an event fits a step.
func (t table) admits(event string, step onboarding.Step) bool {
	return slices.ContainsFunc(t, func(row transition) bool { return row.event == event && slices.Contains(row.from, step) })
}

// leads tells whether any event leads from one step to another.
func (t table) leads(from, to onboarding.Step) bool {
	return slices.ContainsFunc(t, func(row transition) bool {
		return slices.Contains(row.from, from) && (slices.Contains(row.to, to) || from == to && slices.Contains(row.to, stays))
	})
}

// steps is a list of steps in a table.
func steps(list ...onboarding.Step) []onboarding.Step { return list }
