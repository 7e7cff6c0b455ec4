package workflows

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"koppel/onboarding"
)

var update = flag.Bool("update", false, "write docs/states.md anew")

// tables are those of all workflows that are a case.
var tables = []struct {
	workflow string
	table    table
}{
	{LinkingName, linkingTable},
	{AdditionName, additionTable},
	{EmailChangeName, changeTable},
	{UnlinkingName, unlinkingTable},
	{PasswordResetName, resetTable},
}

// steps are all steps of a table, in the order of their first row.
func (t table) steps() (all []onboarding.Step) {
	for _, row := range t {
		for _, step := range slices.Concat(row.from, row.to) {
			if step != stays && !slices.Contains(all, step) {
				all = append(all, step)
			}
		}
	}
	return all
}

// events are all events of a table, in the order of their first row.
func (t table) events() (all []string) {
	for _, row := range t {
		if !slices.Contains(all, row.event) {
			all = append(all, row.event)
		}
	}
	return all
}

// by is whose doing an event is.
func (t table) by(event string) actor {
	return t[slices.IndexFunc(t, func(row transition) bool { return row.event == event })].by
}

// results are what an event can make of a step.
func (t table) results(step onboarding.Step, event string) (all []onboarding.Step) {
	for _, row := range t {
		if row.event == event && slices.Contains(row.from, step) {
			all = append(all, row.to...)
		}
	}
	return all
}

func TestStatesPageIsUpToDate(t *testing.T) {
	const path = "../docs/states.md"
	page := statesPage()
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page {
		t.Errorf("%s differs from the tables: go test ./workflows -run StatesPage -update", path)
	}
}

func statesPage() string {
	var b strings.Builder
	b.WriteString(`# Steps and events

What each event can make of each step, by workflow. The tables are those that the code asks: an update that has no cell
for the step is rejected, and nothing else moves a case. A dash is no cell; *stays* is a cell that leaves the case where
it is, such as a wrong PIN.

This page is made by ` + "`go test ./workflows -run StatesPage -update`" + `; ` + "`TestEveryCellOfEveryTable`" + ` walks all cells.
`)
	for _, each := range tables {
		fmt.Fprintf(&b, "\n## %s\n\n", each.workflow)
		each.table.write(&b)
	}
	return b.String()
}

func (t table) write(b *strings.Builder) {
	columns := slices.DeleteFunc(t.steps(), onboarding.Step.Over)
	b.WriteString("| Event | By |")
	for _, step := range columns {
		fmt.Fprintf(b, " `%s` |", step)
	}
	b.WriteString("\n| --- | --- |" + strings.Repeat(" --- |", len(columns)) + "\n")
	for _, event := range t.events() {
		fmt.Fprintf(b, "| %s | %s |", event, t.by(event))
		for _, step := range columns {
			fmt.Fprintf(b, " %s |", shown(t.results(step, event)))
		}
		b.WriteString("\n")
	}
}

func shown(results []onboarding.Step) string {
	if len(results) == 0 {
		return "–"
	}
	names := make([]string, len(results))
	for i, step := range results {
		names[i] = "`" + string(step) + "`"
		if step == stays {
			names[i] = "*stays*"
		}
	}
	return strings.Join(names, ", ")
}
