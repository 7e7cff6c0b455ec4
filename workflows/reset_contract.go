package workflows

import (
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/activities"
	"koppel/onboarding"
)

// PasswordResetName is the workflow type.
const PasswordResetName = "PasswordReset"

// Updates of a request for a new password, besides RetryNow. Each takes a Submission and answers with an
// onboarding.Verdict.
const (
	RequestReset = "RequestReset" // answered at once, before anybody looks whether there is such an account
	SetPassword  = "SetPassword"  // by whoever has a link
)

// PasswordResetState is the query that tools use.
const PasswordResetState = "state"

// PasswordResetInput starts a request for a new password.
type PasswordResetInput struct {
	Case      string // random id
	Identity  string // keyed hash of who asks
	Reference onboarding.Reference
	Language  string
	AskedAt   time.Time
}

// PasswordResetResult is how a request ended.
type PasswordResetResult struct {
	Ending onboarding.Step
}

// PasswordResetID is made of what was typed, so that it is the same amount of work whether that is known or not. All
// ways to write the code of an institution are one. hash is keyed.
func PasswordResetID(hash func(parts ...string) string, typed string) string {
	if code, err := onboarding.ParseInstitutionCode(typed); err == nil {
		return resetPrefix + hash("reset", "institution", string(code))
	}
	return resetPrefix + hash("reset", "username", activities.UsernameKey(typed))
}

const resetPrefix = "reset-"

// PasswordResetOptions starts a request or joins the one that runs.
func PasswordResetOptions(workflowID string, in PasswordResetInput) client.StartWorkflowOptions {
	deadline := in.AskedAt.Add(onboarding.ResetOpen)
	return client.StartWorkflowOptions{
		ID:                       workflowID,
		TaskQueue:                activities.MainQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			KoppelStep.ValueSet(string(onboarding.Finding)), KoppelStepSince.ValueSet(in.AskedAt),
			KoppelDeadline.ValueSet(deadline), KoppelRef.ValueSet(string(in.Reference))),
		StaticSummary: fmt.Sprintf("Nieuw wachtwoord %s", in.Reference),
		StaticDetails: resetPurpose,
		Memo:          memo(in.Reference, resetSteps[onboarding.Finding], in.AskedAt, deadline),
	}
}
