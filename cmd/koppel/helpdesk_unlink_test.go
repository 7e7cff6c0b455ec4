package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/workflows"
)

// cases is a Temporal that notes what it is sent and answers as told.
type cases struct {
	client.Client
	answer  workflows.UnlinkAnswer
	err     error
	started []string // workflow ids
	sent    []client.UpdateWorkflowOptions
}

func (c *cases) Close() {}

func (c *cases) NewWithStartWorkflowOperation(options client.StartWorkflowOptions, _ any, _ ...any) client.WithStartWorkflowOperation {
	c.started = append(c.started, options.ID)
	return nil
}

func (c *cases) UpdateWithStartWorkflow(_ context.Context, options client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return c.UpdateWorkflow(context.Background(), options.UpdateOptions)
}

func (c *cases) UpdateWorkflow(_ context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	c.sent = append(c.sent, options)
	return answered{nil, c.answer}, c.err
}

// answered is an update that has been answered.
type answered struct {
	client.WorkflowUpdateHandle
	answer workflows.UnlinkAnswer
}

func (a answered) Get(_ context.Context, out any) error {
	*out.(*workflows.UnlinkAnswer) = a.answer
	return nil
}

// unlinkDesk has jane's case, an agent, and a Temporal that answers so.
func unlinkDesk(t *testing.T, outcome onboarding.Outcome) (d *helpdeskDesk, token string, engine *cases) {
	d = newHelpdeskDesk(t)
	d.withCase()
	engine = &cases{answer: workflows.UnlinkAnswer{Verdict: onboarding.Verdict{Outcome: outcome}}}
	d.engine = temporalClient{engine, "default"}
	return d, d.newAgent("fatima", helpdesk.Desk), engine
}

func TestProposalStartsACaseAndNamesNobody(t *testing.T) {
	d, token, engine := unlinkDesk(t, onboarding.Accepted)
	out, err := d.helpdesk(token, "unlink", "k3tf9m2q", "--reason", "left", "--ticket", "HD-20261")
	if err != nil || !strings.Contains(out, "Another agent confirms it") {
		t.Fatalf("%s, %v", out, err)
	}
	if len(engine.started) != 1 || engine.started[0] != "unlink-jane" || engine.sent[0].UpdateName != workflows.ProposeUnlink {
		t.Errorf("%v, %+v", engine.started, engine.sent)
	}
	act := engine.sent[0].Args[0].(helpdesk.Act)
	if act.Agent == "" || act.Agent == "fatima" || act.Reason != helpdesk.Left || act.Ticket != "HD-20261" {
		t.Errorf("%+v", act)
	}
}

func TestConfirmAndDismissStartNothing(t *testing.T) {
	for verb, update := range map[string]string{"confirm": workflows.ConfirmUnlink, "dismiss": workflows.DismissUnlink} {
		t.Run(verb, func(t *testing.T) {
			d, token, engine := unlinkDesk(t, onboarding.Accepted)
			if _, err := d.helpdesk(token, "unlink", verb, "K3TF-9M2Q", "--reason", "left", "--ticket", "HD-20261"); err != nil {
				t.Fatal(err)
			}
			if len(engine.started) != 0 || len(engine.sent) != 1 || engine.sent[0].UpdateName != update {
				t.Errorf("%v, %+v", engine.started, engine.sent)
			}
		})
	}
}

func TestUnlinkingThatIsNotDoneSaysWhyAndWhatToDo(t *testing.T) {
	for name, test := range map[string]struct {
		answer workflows.UnlinkAnswer
		err    error
		want   string
	}{
		"same agent":    {answer: workflows.UnlinkAnswer{Verdict: onboarding.Verdict{Outcome: onboarding.SecondNeeded}}, want: "another agent"},
		"code needed":   {answer: workflows.UnlinkAnswer{Verdict: onboarding.Verdict{Outcome: onboarding.CodeNeeded}, Institutions: []onboarding.InstitutionCode{"03AB"}}, want: "koppel helpdesk code issue 03AB"},
		"not linked":    {answer: workflows.UnlinkAnswer{Verdict: onboarding.Verdict{Outcome: onboarding.NotLinked}}, want: "not linked"},
		"revoked since": {answer: workflows.UnlinkAnswer{Verdict: onboarding.Verdict{Outcome: onboarding.NoAgent}}, want: "revoked"},
		"too busy":      {answer: workflows.UnlinkAnswer{Verdict: onboarding.Verdict{Outcome: onboarding.TooBusy}}, want: "try again"},
		"other step":    {err: temporal.NewApplicationError("", string(onboarding.Stale)), want: "another step"},
		"busy":          {err: temporal.NewApplicationError("", string(onboarding.Busy)), want: "try again"},
		"no such case":  {err: serviceerror.NewNotFound(""), want: "nobody has proposed it"},
		"away":          {err: errors.New("connection refused"), want: "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			d, token, engine := unlinkDesk(t, "")
			engine.answer, engine.err = test.answer, test.err
			_, err := d.helpdesk(token, "unlink", "confirm", "K3TF-9M2Q", "--reason", "left", "--ticket", "HD-20261")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

// T14: the command is refused before Temporal hears of it.
func TestWhoMayNotUnlinkReachesNoCase(t *testing.T) {
	d, token, engine := unlinkDesk(t, onboarding.Accepted)
	operator := d.newAgent("joost", helpdesk.Operator)
	for name, test := range map[string]struct {
		token string
		args  []string
		want  string
	}{
		"operator":     {operator, []string{"unlink", "K3TF-9M2Q", "--reason", "left", "--ticket", "HD-1000"}, helpdesk.ErrRole.Error()},
		"no reason":    {token, []string{"unlink", "K3TF-9M2Q", "--ticket", "HD-1000"}, "--reason"},
		"no ticket":    {token, []string{"unlink", "confirm", "K3TF-9M2Q", "--reason", "left"}, "--ticket"},
		"no case":      {token, []string{"unlink", "0000-0000", "--reason", "left", "--ticket", "HD-1000"}, "is of no case"},
		"no reference": {token, []string{"unlink", "jane", "--reason", "left", "--ticket", "HD-1000"}, "is no reference"},
		"no argument":  {token, []string{"unlink"}, "accepts 1 arg"},
	} {
		_, err := d.helpdesk(test.token, test.args...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	if len(engine.sent) != 0 {
		t.Errorf("sent %+v", engine.sent)
	}
}
