package workflows

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

var errands = []struct {
	name      string
	workflow  any
	in        []any
	activity  string
	result    any
	begun     client.StartWorkflowOptions
	unwatched bool // it has an alarm of its own, and raises no attention
}{
	{RegisterNoticeName, RegisterNotice, []any{mergedNotice}, "SendRegisterNotice", activities.Sent{State: onboarding.MailSent}, RegisterNoticeOptions(mergedNotice), false},
	{BounceName, Bounce, []any{pinReturned}, "NoteBounce", activities.Noted{}, BounceOptions(pinReturned, "K3TF-9M2Q"), false},
	{AuditChainName, AuditChain, nil, "ChainAudit", 3, client.StartWorkflowOptions{StaticSummary: Schedules()[0].Note}, true},
	{HousekeepingName, Housekeeping, nil, "Housekeep", map[string]int{"mails": 7, "outcomes": 2}, client.StartWorkflowOptions{StaticSummary: Schedules()[1].Note}, true},
}

var pinReturned = activities.Bounce{MailJob: pinMail, Status: "5.1.1"}

// TestEveryStateOfAnErrandReadsAsItsPage: what is no case is readable too.
func TestEveryStateOfAnErrandReadsAsItsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What is no case\n")
	for _, each := range errands {
		fmt.Fprintf(&b, "\n## %s\n\nSummary: %s\n", each.name, each.begun.StaticSummary)
		for _, at := range []struct {
			name string
			look time.Duration
		}{{"under way", time.Minute}, {"late", 6 * time.Minute}, {"done", 0}} {
			if at.name == "late" && each.unwatched {
				continue
			}
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			env.SetStartTime(start)
			env.RegisterActivityWithOptions(func(context.Context) (any, error) {
				if at.look > 0 {
					return nil, activity.ErrResultPending
				}
				return each.result, nil
			}, activity.RegisterOptions{Name: each.activity})
			seen := lookAt(t, env, each.begun, at.look, func() { env.ExecuteWorkflow(each.workflow, each.in...) })
			fmt.Fprintf(&b, "\n### %s\n\n%s", at.name, seen.page())
		}
	}
	wantPage(t, "testdata/details/errands.md", b.String())
}
