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

// AdditionName is the workflow type.
const AdditionName = "Addition"

// AddAsContact is the update by which a person adds an institution that the register lets them add. Like the other
// updates of an addition (SubmitCredentials, SubmitActivationCode, Cancel) it answers when the institution has been added, or why not.
const AddAsContact = "AddAsContact"

// AskRepresentative is the update by which a person asks the representatives of the institution for their approval.
const AskRepresentative = "AskRepresentative"

// AdditionInput starts an addition.
type AdditionInput struct {
	Case        string // random id
	Person      string // random id
	Identity    string // keyed hash of the login that began it
	Institution onboarding.InstitutionCode
	Reference   onboarding.Reference
	Language    string
	At          time.Time
}

// AdditionResult is how an addition ended.
type AdditionResult struct {
	Ending onboarding.Step
}

// AdditionID makes a second tab or device of a person meet the same run. hash is keyed.
func AdditionID(hash func(parts ...string) string, person string, code onboarding.InstitutionCode) string {
	return additionPrefix + hash("addition", person, string(code))
}

const additionPrefix = "add-"

// AdditionOptions starts an addition or joins the one that runs.
func AdditionOptions(id string, in AdditionInput) client.StartWorkflowOptions {
	deadline := in.At.Add(onboarding.AdditionOpen)
	return client.StartWorkflowOptions{
		ID:                       id,
		TaskQueue:                activities.MainQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			KoppelStep.ValueSet(string(onboarding.AwaitProof)),
			KoppelStepSince.ValueSet(in.At),
			KoppelDeadline.ValueSet(deadline),
			KoppelRef.ValueSet(string(in.Reference)),
			KoppelInstitution.ValueSet([]string{string(in.Institution)})),
		StaticSummary: fmt.Sprintf("Toevoeging %s, instelling %s", in.Reference, in.Institution),
		StaticDetails: additionPurpose,
		Memo:          memo(in.Reference, additionSteps[onboarding.AwaitProof], in.At, deadline),
	}
}
