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

// UnlinkingName is the workflow type.
const UnlinkingName = "Unlinking"

// Updates of an unlinking. Each takes a helpdesk.Act and answers with an UnlinkAnswer.
const (
	ProposeUnlink = "ProposeUnlink"
	ConfirmUnlink = "ConfirmUnlink" // by another agent
	DismissUnlink = "DismissUnlink"
)

// UnlinkingState is the query that tools use; pages read Postgres.
const UnlinkingState = "state"

// UnlinkingInput starts an unlinking: by the person, who says that a link is not theirs (Reported), or by an agent whose
// proposal comes with the start.
type UnlinkingInput struct {
	Case      string // random id
	Identity  string // keyed hash
	Reference onboarding.Reference
	Reported  bool
	At        time.Time
}

// UnlinkingResult is how an unlinking ended.
type UnlinkingResult struct {
	Ending onboarding.Step
}

// UnlinkAnswer is the answer to an act of an agent.
type UnlinkAnswer struct {
	onboarding.Verdict
	Institutions []onboarding.InstitutionCode // with CodeNeeded: of which a new activation code is wanted first
}

// UnlinkingID makes a second agent, and a report, meet the same run.
func UnlinkingID(identity string) string { return unlinkingPrefix + identity }

const unlinkingPrefix = "unlink-"

// UnlinkingOptions starts an unlinking or joins the one that runs.
func UnlinkingOptions(in UnlinkingInput) client.StartWorkflowOptions {
	deadline := in.At.Add(onboarding.UnlinkingOpen)
	summary := fmt.Sprintf("Ontkoppeling %s", in.Reference)
	if in.Reported {
		summary += ", gemeld door de gebruiker"
	}
	return client.StartWorkflowOptions{
		ID:                       UnlinkingID(in.Identity),
		TaskQueue:                activities.MainQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			KoppelStep.ValueSet(string(onboarding.AwaitAgent)), KoppelStepSince.ValueSet(in.At),
			KoppelDeadline.ValueSet(deadline), KoppelRef.ValueSet(string(in.Reference))),
		StaticSummary: summary,
		StaticDetails: unlinkingPurpose,
		Memo:          memo(in.Reference, unlinkingSteps[onboarding.AwaitAgent], in.At, deadline),
	}
}
