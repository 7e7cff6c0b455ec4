package workflows

import (
	"context"
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

var mergedNotice = RegisterNoticeInput{Notice: "11111111-1111-4111-8111-111111111111", Change: onboarding.Merged, Institution: "03AB", Other: "16AH"}

// notify plays a notice whose mail fails so often first, and wants KoppelAttention to be set so.
func notify(t *testing.T, failures int, state onboarding.MailState, attention ...temporal.SearchAttributeUpdate) (result RegisterNoticeResult, attempts int) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC))
	env.RegisterActivityWithOptions(func(_ context.Context, in activities.NoticeJob) (activities.Sent, error) {
		attempts++
		if in.Notice != mergedNotice.Notice {
			t.Errorf("notice %s", in.Notice)
		}
		if attempts <= failures {
			return activities.Sent{}, errors.New("away")
		}
		return activities.Sent{State: state}, nil
	}, activity.RegisterOptions{Name: "SendRegisterNotice"})
	if len(attention) > 0 {
		attention = append(attention, KoppelAttention.ValueUnset())
	}
	for _, change := range attention {
		env.OnUpsertTypedSearchAttributes(temporal.NewSearchAttributes(change)).Return(nil).Once()
	}
	env.ExecuteWorkflow(RegisterNotice, mergedNotice)
	env.AssertExpectations(t)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if err := env.GetWorkflowResult(&result); err != nil {
		t.Fatal(err)
	}
	return result, attempts
}

func TestRegisterNoticeIsSentAtOnce(t *testing.T) {
	if result, attempts := notify(t, 0, onboarding.MailSent); result.Mail != onboarding.MailSent || attempts != 1 {
		t.Errorf("%+v after %d attempts", result, attempts)
	}
}

func TestRegisterNoticeOutlastsAMailServerThatIsAway(t *testing.T) {
	result, attempts := notify(t, 9, onboarding.MailSent, KoppelAttention.ValueSet(slow))
	if result.Mail != onboarding.MailSent || attempts != 10 {
		t.Errorf("%+v after %d attempts", result, attempts)
	}
}

func TestRegisterNoticeThatIsRefusedCompletes(t *testing.T) {
	if result, attempts := notify(t, 0, onboarding.MailRefused); result.Mail != onboarding.MailRefused || attempts != 1 {
		t.Errorf("%+v after %d attempts", result, attempts)
	}
}

func TestRegisterNoticeRunsOncePerNotice(t *testing.T) {
	options := RegisterNoticeOptions(mergedNotice)
	if options.ID != "register-"+mergedNotice.Notice ||
		options.WorkflowIDConflictPolicy != enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING ||
		options.WorkflowIDReusePolicy != enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY {
		t.Errorf("%+v", options)
	}
	for change, want := range map[onboarding.RegisterChange]string{
		onboarding.Merged: "Bericht: 03AB is opgegaan in 16AH",
		onboarding.Moved:  "Bericht: 03AB heeft nu bestuur 16AH",
		onboarding.Ended:  "Bericht: 03AB is gesloten",
	} {
		in := mergedNotice
		in.Change = change
		if got := RegisterNoticeOptions(in).StaticSummary; got != want {
			t.Errorf("summary %q, want %q", got, want)
		}
	}
}
