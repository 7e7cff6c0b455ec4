package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"koppel/devstack"
)

// desk is two agents with the page that they work by, Temporal UI and koppel helpdesk.
type desk struct {
	t      *testing.T
	stack  *devstack.Stack
	page   string // docs/helpdesk.md
	agents [2]string
	engine client.Client
	ran    []string // commands, without what differs
}

func newDesk(t *testing.T, stack *devstack.Stack) *desk {
	t.Helper()
	page, err := os.ReadFile("../../docs/helpdesk.md")
	if err != nil {
		t.Fatal(err)
	}
	engine, err := stack.Temporal.Client()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	return &desk{t: t, stack: stack, page: string(page), agents: [2]string{agent(t, stack, "Annabel"), agent(t, stack, "Berend")}, engine: engine}
}

// command is a line of the page.
var command = regexp.MustCompile(`(?m)^    koppel (helpdesk [^#\n]*?) *(#[^\n]*)?$`)

// section is what stands under a heading of the page.
func (d *desk) section(heading string) string {
	d.t.Helper()
	_, section, found := strings.Cut(d.page, "\n"+heading+"\n")
	if !found {
		d.t.Fatalf("docs/helpdesk.md has no %s", heading)
	}
	return regexp.MustCompile(`(?m)^#{2,3} `).Split(section, 2)[0]
}

// follow types the commands of a section about a case, each as the agent that the page says, and returns what they print.
func (d *desk) follow(heading, reference, typed string) (printed string) {
	d.t.Helper()
	for _, line := range command.FindAllStringSubmatch(d.section(heading), -1) {
		printed += d.run(line[1], reference, typed, strings.Contains(line[2], "another"))
	}
	return printed
}

func (d *desk) run(line, reference, typed string, second bool) string {
	d.t.Helper()
	token := d.agents[0]
	if second {
		token = d.agents[1]
	}
	words := strings.Fields(strings.ReplaceAll(line, "K3TF-9M2Q", reference))
	if strings.HasPrefix(line, "helpdesk code issue") {
		words = append(words, "--letter", filepath.Join(d.t.TempDir(), "letter.html"))
	}
	output, err := d.stack.TypeAs(d.t.Context(), token, strings.NewReader(typed), words...)
	if err != nil {
		d.t.Fatalf("koppel %s: %v", line, err)
	}
	d.ran = append(d.ran, verb(line))
	return output
}

// verb is a command without what differs from case to case.
func verb(line string) string {
	words := strings.Fields(line)
	end := slices.IndexFunc(words, func(word string) bool {
		return strings.ToLower(word) != word || strings.HasPrefix(word, "--") || strings.ContainsAny(word, "0123456789")
	})
	if end >= 0 {
		words = words[:end]
	}
	return strings.Join(words, " ")
}

// reads wants Temporal UI to show a case as the page of a state has it (workflows/testdata/details), but for times and
// codes. The case is found as an agent does: by its reference.
func (d *desk) reads(kind, state, reference string) {
	d.t.Helper()
	want := d.written(kind, state)
	ctx := within(d.t, 20*time.Second)
	var got string
	for got != want && ctx.Err() == nil {
		if got = likened(d.shown(kind, reference)); got != want {
			time.Sleep(100 * time.Millisecond)
		}
	}
	if got != want {
		d.t.Errorf("%s of %s reads\n%s\nand not, as %s,\n%s", kind, reference, got, state, want)
	}
}

// shows wants the details of a case to begin so.
func (d *desk) shows(kind, heading, reference string) {
	d.t.Helper()
	if got := d.shown(kind, reference); !strings.HasPrefix(got, heading) {
		d.t.Errorf("%s of %s begins with %.80q, want %q", kind, reference, got, heading)
	}
}

// shown are the current details, by the query with which Temporal UI asks for them.
func (d *desk) shown(kind, reference string) string {
	d.t.Helper()
	found, err := d.engine.ListWorkflow(d.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: devstack.Namespace, Query: fmt.Sprintf(`KoppelRef = %q AND WorkflowType = %q`, reference, kind)})
	if err != nil {
		d.t.Fatal(err)
	}
	if len(found.Executions) == 0 {
		return ""
	}
	execution := found.Executions[0].Execution
	value, err := d.engine.QueryWorkflow(d.t.Context(), execution.WorkflowId, execution.RunId, "__temporal_workflow_metadata")
	var metadata sdk.WorkflowMetadata
	if err == nil {
		err = value.Get(&metadata)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return metadata.CurrentDetails
}

// written is how a state reads on its page.
func (d *desk) written(kind, state string) string {
	d.t.Helper()
	page, err := os.ReadFile("../../workflows/testdata/details/" + strings.ToLower(kind) + ".md")
	if err != nil {
		d.t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## "+state+"\n")
	if !found {
		d.t.Fatalf("the page of %s has no %s", kind, state)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var lines []string
	for _, line := range regexp.MustCompile(`(?m)^> ?(.*)$`).FindAllStringSubmatch(section, -1) {
		lines = append(lines, line[1])
	}
	return likened(strings.Join(lines, "\n"))
}

var differences = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`), "REFERENTIE"},
	{regexp.MustCompile(`\d+-\d+-\d{4} \d+\.\d\d uur`), "TIJD"},
	{regexp.MustCompile(`(\*\*Instelling:\*\*).*`), "$1 CODES"},
	{regexp.MustCompile("leverancier `[^`]*`"), "leverancier"},
	{regexp.MustCompile(`(\*\*Pogingen over:\*\*) \d+`), "$1 N"},
}

// likened is a text without what differs from case to case.
func likened(text string) string {
	for _, each := range differences {
		text = each.pattern.ReplaceAllString(text, each.name)
	}
	return text
}

// reference is what the open page of a caller calls the case.
func (c *caller) reference(path string) string {
	c.t.Helper()
	page := c.get(path)
	found := regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`).FindString(page.body)
	if found == "" {
		c.t.Fatalf("%s shows no reference: %v", path, page)
	}
	return found
}
