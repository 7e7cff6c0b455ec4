package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"koppel/helpdesk"
	"koppel/workflows"
)

// visible is an engine that lists these cases, two to a page.
type visible struct {
	client.Client
	asked []string
	cases []*workflow.WorkflowExecutionInfo
	err   error
}

func (v *visible) Close() {}

func (v *visible) ListWorkflow(_ context.Context, request *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	v.asked = append(v.asked, request.Query)
	from := len(request.NextPageToken)
	to := min(from+2, len(v.cases))
	page := &workflowservice.ListWorkflowExecutionsResponse{Executions: v.cases[from:to]}
	if to < len(v.cases) {
		page.NextPageToken = make([]byte, to)
	}
	return page, v.err
}

// visibleCase is a case as visibility has it.
func visibleCase(t *testing.T, kind string, fields map[string]any) *workflow.WorkflowExecutionInfo {
	t.Helper()
	encoded := map[string]*common.Payload{}
	for name, value := range fields {
		payload, err := converter.GetDefaultDataConverter().ToPayload(value)
		if err != nil {
			t.Fatal(err)
		}
		encoded[name] = payload
	}
	return &workflow.WorkflowExecutionInfo{Type: &common.WorkflowType{Name: kind},
		SearchAttributes: &common.SearchAttributes{IndexedFields: encoded}}
}

func listDesk(t *testing.T, references ...string) (d *helpdeskDesk, token string, engine *visible) {
	d, engine = newHelpdeskDesk(t), &visible{}
	since := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for i, reference := range references { // the newest first, as visibility lists them
		engine.cases = append(engine.cases, visibleCase(t, workflows.LinkingName, map[string]any{
			"KoppelRef": reference, "KoppelStep": "await_pin", "KoppelStepSince": since.Add(-time.Duration(i) * time.Hour),
			"KoppelDeadline": since.Add(time.Hour), "KoppelInstitution": []string{"03AB", "10249"}, "KoppelAttention": "mail_bounced"}))
	}
	d.engine = temporalClient{Client: engine, namespace: "default"}
	return d, d.newAgent("fatima", helpdesk.Desk), engine
}

func TestListShowsTheLongestWaitingFirstAndHowToFindThemInTheUI(t *testing.T) {
	d, token, engine := listDesk(t, "K3TF-9M2Q", "QX3T-0M2Q", "7777-9M2Q")
	d.ui, d.now = "https://temporal.example.nl/", time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	out, err := d.helpdesk(token, "list", "--step", "await_pin", "--older", "24h", "--institution", "03ab", "--attention")
	if err != nil {
		t.Fatal(err)
	}
	query := `KoppelRef IS NOT NULL AND ExecutionStatus = "Running" AND KoppelStep = "await_pin" AND KoppelStepSince < "2026-11-22T10:00:00Z"` +
		` AND KoppelInstitution = "03AB" AND KoppelAttention IS NOT NULL`
	if engine.asked[0] != query || !strings.Contains(out, "In Temporal UI: "+query+"\n") {
		t.Errorf("asked %q\n%s", engine.asked, out)
	}
	if !strings.Contains(out, "https://temporal.example.nl/namespaces/default/workflows?query=KoppelRef+IS+NOT+NULL+AND") {
		t.Errorf("lacks the link:\n%s", out)
	}
	first, last := strings.Index(out, "7777-9M2Q"), strings.Index(out, "K3TF-9M2Q")
	if first < 0 || last < first || !strings.Contains(out, "Koppeling") || !strings.Contains(out, "03AB 10249") || !strings.Contains(out, "23-11-2026 10.00 uur") {
		t.Errorf("want all, the oldest first:\n%s", out)
	}
}

func TestListThatIsTooLongKeepsThoseThatWaitLongest(t *testing.T) {
	d, token, _ := listDesk(t, "K3TF-9M2Q", "QX3T-0M2Q", "7777-9M2Q")
	out, err := d.helpdesk(token, "list", "--most", "1")
	if err != nil || !strings.Contains(out, "7777-9M2Q") || strings.Contains(out, "QX3T") || !strings.Contains(out, "meer dan 1") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestListThatCannotBeMadeSaysWhy(t *testing.T) {
	d, token, engine := listDesk(t)
	for name, test := range map[string]struct{ flag, want string }{
		"step":        {"--step=waiting", "--step"},
		"institution": {"--institution=Regenboog", "--institution"},
		"attention":   {`--attention=x" OR "1`, "--attention"},
		"older":       {"--older=-1h", "--older"},
	} {
		if _, err := d.helpdesk(token, "list", test.flag); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(engine.asked) != 0 {
		t.Errorf("asked %q", engine.asked)
	}
	engine.err = errors.New("connection refused")
	if _, err := d.helpdesk(token, "list"); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Error(err)
	}
}

func TestListingIsAuditedWithTheAgent(t *testing.T) {
	d, token, _ := listDesk(t, "K3TF-9M2Q")
	if _, err := d.helpdesk(token, "list", "--attention=mail_bounced"); err != nil {
		t.Fatal(err)
	}
	if n := d.count(`select count(*) from audit where event = 'helpdesk.listed' and detail ->> 'agent' <> '' and detail ->> 'cases' = '1'`); n != 1 {
		t.Errorf("%d lines of audit", n)
	}
}

func TestQueryOfAFilterNarrowsByWhatIsGiven(t *testing.T) {
	for want, filter := range map[string]workflows.Filter{
		`KoppelRef IS NOT NULL AND ExecutionStatus = "Running"`:                                      {},
		`KoppelRef IS NOT NULL AND KoppelStep = "linked"`:                                            {Step: "linked"},
		`KoppelRef = "K3TF-9M2Q"`:                                                                    {Reference: "K3TF-9M2Q"},
		`KoppelRef IS NOT NULL AND ExecutionStatus = "Running" AND KoppelAttention = "mail_refused"`: {Attention: "mail_refused"},
	} {
		if got := filter.Query(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if link := workflows.QueryLink("", "default", "x"); link != "" {
		t.Errorf("a link to nowhere: %s", link)
	}
}
