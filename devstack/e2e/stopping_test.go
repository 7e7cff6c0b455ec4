package e2e

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"

	"koppel/devstack"
)

// TestWorkerStopsAndStartsAtABadMoment stops the worker, as a deployment does, while the mail server ponders over a
// mail; then starts it while Temporal is away. The mail goes out once, and the journey goes on.
func TestWorkerStopsAndStartsAtABadMoment(t *testing.T) {
	t.Parallel()
	stack := startBreakableStack(t, people("worker"))
	p := travellers(t, stack, giveAccounts(t, openDatabase(t, stack), cheap, "worker"))[0]
	p.toProof()
	stack.Mailbox.SetFaultFor(p.email, devstack.Fault{Delay: 3 * time.Second})
	p.must(p.sendProof(), http.StatusSeeOther)
	p.awaitActivity("SendPIN")
	if err := stack.Worker.Stop(); err != nil {
		t.Error(err)
	}
	sent := `mails where kind = 'pin' and state = 'sent'`
	if mails := len(stack.Mailbox.Mails(p.email)); mails != 1 || count(t, stack, sent) != 1 {
		t.Errorf("after the worker stopped there are %d mails, and %d are noted as sent; want one", mails, count(t, stack, sent))
	}
	stack.Mailbox.SetFaultFor(p.email, devstack.Fault{})

	temporal, err := stack.Part("temporal")
	if err != nil {
		t.Fatal(err)
	}
	if err := temporal.Kill(); err != nil {
		t.Fatal(err)
	}
	started := make(chan error, 1)
	go func() { started <- stack.Worker.Start(t.Context()) }()
	awaitWorker(t, stack, "temporal: away")
	if err := temporal.Start(within(t, time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	awaitWorker(t, stack, "temporal: ok")
	p.finish()
	p.linkedOnce()
	p.mailedOnce()
}

// awaitActivity waits until a worker has taken up an activity of this person's case.
func (p *traveller) awaitActivity(name string) {
	p.t.Helper()
	temporal, err := p.stack.Temporal.Client()
	if err != nil {
		p.t.Fatal(err)
	}
	defer temporal.Close()
	var workflow string
	p.awaitRow(`select count(*) from linkings l join legacy_accounts a on a.id = l.account where a.username = $1`)
	err = p.db.QueryRow(`select workflow_id from linkings l join legacy_accounts a on a.id = l.account where a.username = $1`,
		p.username).Scan(&workflow)
	if err != nil {
		p.t.Fatal(err)
	}
	ctx := within(p.t, time.Minute)
	for ; ; time.Sleep(20 * time.Millisecond) {
		described, err := temporal.DescribeWorkflowExecution(ctx, workflow, "")
		if err != nil {
			p.t.Fatalf("%s waits for %s: %v", p.username, name, err)
		}
		for _, pending := range described.GetPendingActivities() {
			if pending.GetActivityType().GetName() == name && pending.GetState() == enums.PENDING_ACTIVITY_STATE_STARTED {
				return
			}
		}
	}
}

// awaitWorker waits until the worker says so on /readyz.
func awaitWorker(t *testing.T, stack *devstack.Stack, line string) {
	t.Helper()
	ctx := within(t, time.Minute)
	for ; !strings.Contains(readiness(ctx, stack), line); time.Sleep(50 * time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatalf("the worker does not say %q within a minute", line)
		}
	}
}

// readiness is what the worker answers; empty when it does not.
func readiness(ctx context.Context, stack *devstack.Stack) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, stack.WorkerURL()+"/readyz", nil)
	if err != nil {
		return ""
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return ""
	}
	return string(body)
}
