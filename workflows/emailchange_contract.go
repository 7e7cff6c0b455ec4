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

// EmailChangeName is the workflow type. Its updates are ChangeAddress, SubmitPIN, ResendPIN, Cancel and RetryNow, as a
// linking has them; its first ChangeAddress starts it.
const EmailChangeName = "EmailChange"

// EmailChangeInput starts a change of the confirmed address of a person.
type EmailChangeInput struct {
	Case         string // random id
	Identity     string // keyed hash, of the identity that asks for it
	Person       string // random id
	Reference    onboarding.Reference
	At           time.Time
	Institutions []onboarding.InstitutionCode // that the person is a member of
	Language     string
}

// EmailChangeResult is how a change ended.
type EmailChangeResult struct {
	Ending onboarding.Step
}

const emailChangePrefix = "mail-"

// EmailChangeID makes a second tab, device or identity of a person meet the same run. hash is keyed.
func EmailChangeID(hash func(parts ...string) string, person string) string {
	return emailChangePrefix + hash("person", person)
}

// EmailChangeOptions starts a change under that id, or joins the one that runs.
func EmailChangeOptions(id string, in EmailChangeInput) client.StartWorkflowOptions {
	deadline := in.At.Add(onboarding.EmailChangeOpen)
	return client.StartWorkflowOptions{
		ID:                       id,
		TaskQueue:                activities.MainQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			KoppelStep.ValueSet(string(onboarding.AwaitAddress)),
			KoppelStepSince.ValueSet(in.At),
			KoppelDeadline.ValueSet(deadline),
			KoppelRef.ValueSet(string(in.Reference)),
			KoppelInstitution.ValueSet(codes(in.Institutions)),
		),
		StaticSummary: fmt.Sprintf("Wijziging van e-mailadres %s, %s", in.Reference, institutionsText(in.Institutions)),
		StaticDetails: emailChangePurpose,
		Memo:          memo(in.Reference, changeSteps[onboarding.AwaitAddress], in.At, deadline),
	}
}
