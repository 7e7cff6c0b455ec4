package workflows

import (
	"context"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

func TestJoiningEndsTheLinkingOfItsIdentity(t *testing.T) {
	for outcome, want := range map[onboarding.Outcome]int{onboarding.Accepted: 1, onboarding.Taken: 0} {
		var suite testsuite.WorkflowTestSuite
		env := suite.NewTestWorkflowEnvironment()
		told, mailed := 0, 0
		env.RegisterActivityWithOptions(func(context.Context, activities.Joining) (activities.Completed, error) {
			return activities.Completed{Outcome: outcome}, nil
		}, activity.RegisterOptions{Name: "JoinIdentity"})
		env.RegisterActivityWithOptions(func(context.Context, activities.Joining) (activities.Sent, error) {
			mailed++
			return activities.Sent{State: onboarding.MailSent}, nil
		}, activity.RegisterOptions{Name: "SendJoinedNotice"})
		env.OnSignalExternalWorkflow("default-test-namespace", "link-identity", "", CaseVoided, nil).
			Return(func(_, _, _, _ string, _ any) error { told++; return nil })
		env.ExecuteWorkflow(Joining, JoiningInput{Case: "case", Identity: "identity", Person: "person"})
		var result JoiningResult
		if err := env.GetWorkflowResult(&result); err != nil || result.Outcome != outcome || told != want || mailed != want {
			t.Errorf("%s: ended as %s, %v; told %d, mailed %d, want %d", outcome, result.Outcome, err, told, mailed, want)
		}
	}
}
