package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/workflows"
)

// deciding is an engine whose cases answer every update alike.
type deciding struct {
	client.Client
	asked   []client.UpdateWorkflowOptions
	verdict onboarding.Verdict
	err     error
}

func (d *deciding) UpdateWorkflow(_ context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	d.asked = append(d.asked, options)
	return decidingHandle{verdict: d.verdict}, d.err
}

func (d *deciding) Close() {}

type decidingHandle struct {
	client.WorkflowUpdateHandle
	verdict onboarding.Verdict
}

func (h decidingHandle) Get(_ context.Context, to any) error {
	encoded, err := json.Marshal(h.verdict)
	return errors.Join(err, json.Unmarshal(encoded, to))
}

// withQuestion adds a case that waits for a representative.
func (d *helpdeskDesk) withQuestion() *deciding {
	d.Helper()
	d.withCase()
	d.exec(`
		insert into approvals (case_id, number, kind, workflow_id, identity, reference, institution, subject, address, language, key_id,
			paused, requested_at, expires_at)
		values ('11111111-1111-4111-8111-111111111111', 1, 'linking', 'link-jane', 'jane', 'K3TF-9M2Q', '03AB', 'x', '', 'nl', 'p1',
			now(), now(), now() + interval '7 days')`)
	engine := &deciding{verdict: onboarding.Verdict{Outcome: onboarding.Proposed}}
	d.engine = temporalClient{Client: engine}
	return engine
}

func TestAgentAnswersInThePlaceOfTheRepresentative(t *testing.T) {
	for verb, decision := range map[string]onboarding.Decision{"approve": onboarding.Approved, "refuse": onboarding.Declined} {
		t.Run(verb, func(t *testing.T) {
			d := newHelpdeskDesk(t)
			engine := d.withQuestion()
			token := d.newAgent("fatima", helpdesk.Desk)
			out, err := d.helpdesk(token, verb, "k3tf9m2q", "--reason", "no_answer", "--ticket", "HD-20261")
			if err != nil || !strings.Contains(out, "Another agent confirms") || !strings.Contains(out, "90001234") {
				t.Fatalf("%v, %s", err, out)
			}
			if len(engine.asked) != 1 || engine.asked[0].WorkflowID != "link-jane" || engine.asked[0].UpdateName != workflows.AgentDecide {
				t.Fatalf("asked %+v", engine.asked)
			}
			sent := engine.asked[0].Args[0].(workflows.AgentDecision)
			if sent.Decision != decision || sent.Act.Reason != helpdesk.NoAnswer || sent.Act.Ticket != "HD-20261" || sent.Act.Agent == "" {
				t.Errorf("sent %+v", sent)
			}
			engine.verdict.Outcome = onboarding.Accepted
			if out, err := d.helpdesk(token, verb, "K3TF-9M2Q", "--reason", "no_answer", "--ticket", "HD-20261"); err != nil || !strings.Contains(out, "told by mail") {
				t.Errorf("%v, %s", err, out)
			}
		})
	}
}

func TestAnswersThatAreNotTakenSayWhy(t *testing.T) {
	ticket := []string{"--reason", "no_answer", "--ticket", "HD-20261"}
	for name, test := range map[string]struct {
		role    helpdesk.Role
		args    []string
		verdict onboarding.Outcome
		err     error
		want    string
	}{
		"an operator":         {helpdesk.Operator, ticket, "", nil, "not for agents with your role"},
		"without a reason":    {helpdesk.Desk, []string{"--ticket", "HD-20261"}, "", nil, "--reason"},
		"without a ticket":    {helpdesk.Desk, []string{"--reason", "no_answer"}, "", nil, "--ticket"},
		"by who proposed":     {helpdesk.Desk, ticket, onboarding.SecondNeeded, nil, "another agent"},
		"revoked meanwhile":   {helpdesk.Desk, ticket, onboarding.NoAgent, nil, "revoked"},
		"answered meanwhile":  {helpdesk.Desk, ticket, onboarding.AlreadyDecided, nil, "answered meanwhile"},
		"too busy":            {helpdesk.Desk, ticket, onboarding.TooBusy, nil, "too_busy"},
		"at another step":     {helpdesk.Desk, ticket, "", temporal.NewApplicationError("", string(onboarding.Stale)), "nobody waits"},
		"during another turn": {helpdesk.Desk, ticket, "", temporal.NewApplicationError("", string(onboarding.Busy)), "somebody else is at it"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newHelpdeskDesk(t)
			engine := d.withQuestion()
			engine.verdict.Outcome, engine.err = test.verdict, test.err
			_, err := d.helpdesk(d.newAgent("fatima", test.role), append([]string{"approve", "K3TF-9M2Q"}, test.args...)...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
	t.Run("nobody is asked", func(t *testing.T) {
		d := newHelpdeskDesk(t)
		d.withCase()
		_, err := d.helpdesk(d.newAgent("fatima", helpdesk.Desk), append([]string{"refuse", "K3TF-9M2Q"}, ticket...)...)
		if err == nil || !strings.Contains(err.Error(), "no representative is being asked") {
			t.Error(err)
		}
	})
}
