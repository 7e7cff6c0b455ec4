package workflows

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
)

// Workflow types and ids of the upkeep.
const (
	AuditChainName   = "AuditChain"
	HousekeepingName = "Housekeeping"

	AuditChainSchedule   = "koppel-audit-chain"
	HousekeepingSchedule = "koppel-housekeeping"
)

// upkeep retries without end, as everything that an outage may hold up; meanwhile the Schedule starts no second run.
var upkeep = workflow.ActivityOptions{
	TaskQueue:           activities.MainQueue,
	StartToCloseTimeout: 30 * time.Minute,
	HeartbeatTimeout:    time.Minute,
	RetryPolicy: &temporal.RetryPolicy{
		InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute,
	},
}

// AuditChain appends the audit of the last minute to its chain of hashes and returns how many rows.
func AuditChain(ctx workflow.Context) (rows int, err error) {
	options := upkeep
	options.Summary = "Nieuwe regels van het auditspoor vastleggen"
	errand{}.describe(ctx, "Auditspoor wordt vastgelegd", upkeepCounsel)
	err = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), do.ChainAudit).Get(ctx, &rows)
	if err == nil {
		errand{{"Regels", strconv.Itoa(rows)}}.describe(ctx, "Auditspoor vastgelegd", "Klaar.")
	}
	return rows, err
}

// Housekeeping removes what has been kept for long enough and returns how many rows by subject.
func Housekeeping(ctx workflow.Context) (swept map[string]int, err error) {
	options := upkeep
	options.Summary = "Gegevens verwijderen waarvan de bewaartijd om is"
	errand{}.describe(ctx, "Opruimen is bezig", upkeepCounsel)
	err = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), do.Housekeep).Get(ctx, &swept)
	if err == nil {
		errand{{"Verwijderd", sweptText(swept)}}.describe(ctx, "Opgeruimd", "Klaar.")
	}
	return swept, err
}

const upkeepCounsel = "Niemand hoeft iets te doen. Lukt het niet, dan blijft het systeem het proberen. Duurt dit langer dan een uur, bel dan beheer."

// sweptText counts the rows by subject.
func sweptText(swept map[string]int) string {
	var counts []string
	for _, subject := range workflow.DeterministicKeys(swept) {
		counts = append(counts, fmt.Sprintf("%s %d", subject, swept[subject]))
	}
	return cmp.Or(strings.Join(counts, ", "), "niets")
}

// Schedules lists what has to run by itself. A run that lasts, or was missed, is not made up for: the next one does
// its work too.
func Schedules() []client.ScheduleOptions {
	schedule := func(id, name, summary string, every time.Duration) client.ScheduleOptions {
		return client.ScheduleOptions{
			ID:            id,
			Spec:          client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: every}}},
			Action:        &client.ScheduleWorkflowAction{ID: id, Workflow: name, TaskQueue: activities.MainQueue, StaticSummary: summary},
			Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
			CatchupWindow: time.Minute,
			Note:          summary,
		}
	}
	return []client.ScheduleOptions{
		schedule(AuditChainSchedule, AuditChainName, "Auditspoor: elke minuut vastleggen", time.Minute),
		schedule(HousekeepingSchedule, HousekeepingName, "Opruimen: elk uur verwijderen waarvan de bewaartijd om is", time.Hour),
	}
}
