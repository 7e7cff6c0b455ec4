package bounces

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"go.temporal.io/sdk/client"

	"koppel/activities"
	"koppel/store/schematest"
	"koppel/workflows"
)

// starter pretends to be Temporal.
type starter struct {
	started []activities.Bounce
	ids     []string
	away    error
}

func (s *starter) ExecuteWorkflow(_ context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	if s.away != nil {
		return nil, s.away
	}
	if workflow != workflows.BounceName {
		return nil, errors.New("another workflow")
	}
	s.started, s.ids = append(s.started, args[0].(activities.Bounce)), append(s.ids, options.ID)
	return nil, nil
}

const janesCase = "11111111-1111-4111-8111-111111111111"

func newDesk(t *testing.T) (Desk, *starter) {
	t.Helper()
	t.Parallel()
	database, url := schematest.Open(t)
	db := sqlx.MustConnect("postgres", url)
	defer db.Close()
	now := time.Date(2026, 4, 21, 12, 0, 0, 0, time.UTC)
	db.MustExec(`insert into identities (hash, sealed, kvk, level, supplier, last_login_at) values ('jane', '', '90001234', 'EH3', 'urn:ad', $1)`, now)
	db.MustExec(`insert into linkings (id, workflow_id, identity, reference, language, step, since, deadline)
		values ($1, 'link-jane', 'jane', 'K3TF-9M2Q', 'nl', 'await_pin', $2, $2)`, janesCase, now)
	db.MustExec(`insert into mails (case_id, kind, number, generation, state, requested_at, token)
		values ($1, 'pin', 2, 1, 'sent', $2, $3)`, janesCase, now, janesToken)
	temporal := &starter{}
	return Desk{Store: database, Temporal: temporal}, temporal
}

func TestFailureReachesTheMailThatItIsAbout(t *testing.T) {
	desk, temporal := newDesk(t)
	result, err := desk.Take(t.Context(), Report{Failed: true, Status: "5.1.1", Tokens: []string{"ffffffffffffffffffffffffffffffff", janesToken}})
	if result != Noted || err != nil {
		t.Fatalf("%s, %v", result, err)
	}
	want := activities.Bounce{MailJob: activities.MailJob{Case: janesCase, Kind: "pin", Number: 2, Generation: 1}, Status: "5.1.1"}
	if len(temporal.started) != 1 || temporal.started[0] != want || temporal.ids[0] != "bounce-"+janesCase+"-pin-2" {
		t.Errorf("started %+v as %v", temporal.started, temporal.ids)
	}
}

func TestWhatIsNoFailureOrNoMailOfOursStartsNothing(t *testing.T) {
	desk, temporal := newDesk(t)
	for want, report := range map[Result]Report{
		Ignored: {Failed: false, Status: "4.4.1", Tokens: []string{janesToken}},
		Unknown: {Failed: true, Status: "5.1.1", Tokens: []string{"ffffffffffffffffffffffffffffffff"}},
	} {
		if got, err := desk.Take(t.Context(), report); got != want || err != nil {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	if got, err := desk.Take(t.Context(), Report{Failed: true, Status: "5.1.1"}); got != Unknown || err != nil {
		t.Errorf("without a token: %s, %v", got, err)
	}
	if len(temporal.started) != 0 {
		t.Errorf("started %+v", temporal.started)
	}
}

func TestPartsThatAreAwayAreErrors(t *testing.T) {
	desk, temporal := newDesk(t)
	report := Report{Failed: true, Status: "5.1.1", Tokens: []string{janesToken}}
	temporal.away = errors.New("no connection")
	if got, err := desk.Take(t.Context(), report); err == nil {
		t.Errorf("Temporal away: %s", got)
	}
	temporal.away = nil
	desk.Store.Close()
	if got, err := desk.Take(t.Context(), report); err == nil {
		t.Errorf("database away: %s", got)
	}
}
