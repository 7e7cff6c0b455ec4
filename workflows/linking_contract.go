package workflows

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/activities"
	"koppel/onboarding"
)

// LinkingName is the workflow type.
const LinkingName = "Linking"

// Updates of a linking. Each takes a Submission and answers with an onboarding.Verdict. One that does not fit the
// step is rejected with an application error of type onboarding.Stale, one too many at a time with onboarding.Busy.
const (
	SubmitCredentials    = "SubmitCredentials"
	SubmitActivationCode = "SubmitActivationCode"
	SubmitPIN            = "SubmitPIN"
	ResendPIN            = "ResendPIN"
	ChangeAddress        = "ChangeAddress"
	WithdrawApproval     = "WithdrawApproval" // the person goes on with other details
	DecideApproval       = "DecideApproval"   // a representative
	AgentDecide          = "AgentDecide"      // the helpdesk
	Cancel               = "Cancel"
	RetryNow             = "RetryNow" // operators: repeat a parked step; takes a Help
)

// LinkingState is the query that tools use; pages read Postgres.
const LinkingState = "state"

// LinkingInput starts a linking at the login of an identity without a person.
type LinkingInput struct {
	Case            string // random id
	Identity        string // keyed hash
	Reference       onboarding.Reference
	Level           onboarding.Level
	Supplier        string // EntityID of the authentication service
	AuthenticatedAt time.Time
	Board           onboarding.InstitutionCode // found by the KvK number of the login; may be empty
	Language        string
}

// LinkingResult is how a linking ended.
type LinkingResult struct {
	Ending onboarding.Step
}

// Submission is what an update carries: the id of the sealed form input, empty where the form has none.
type Submission struct {
	Handover string
}

// LinkingID makes a second tab or device of an identity meet the same run.
func LinkingID(identity string) string { return linkingPrefix + identity }

const linkingPrefix = "link-"

// IsCase tells whether a workflow is about a person, and so has a reference.
func IsCase(workflowID string) bool {
	return slices.ContainsFunc(casePrefixes, func(prefix string) bool { return strings.HasPrefix(workflowID, prefix) })
}

var casePrefixes = []string{linkingPrefix, additionPrefix, emailChangePrefix, unlinkingPrefix, resetPrefix}

// Reference is what a case is called on pages, in Temporal UI and in logs. hash is keyed. It is the same for every case of
// an identity, so it is known before there is one.
func Reference(hash func(parts ...string) string, workflowID string) onboarding.Reference {
	if identity, found := strings.CutPrefix(workflowID, unlinkingPrefix); found {
		workflowID = LinkingID(identity) // what undoes a link is called as the link
	}
	random, err := hex.DecodeString(hash("reference", workflowID))
	if err != nil {
		panic("a look-up hash is hexadecimal: " + err.Error())
	}
	return onboarding.NewReference(random)
}

// LinkingOptions starts a linking or joins the one that runs.
func LinkingOptions(in LinkingInput) client.StartWorkflowOptions {
	deadline := in.AuthenticatedAt.Add(onboarding.LinkingOpen)
	attributes := []temporal.SearchAttributeUpdate{
		KoppelStep.ValueSet(string(onboarding.AwaitProof)),
		KoppelStepSince.ValueSet(in.AuthenticatedAt),
		KoppelDeadline.ValueSet(deadline),
		KoppelRef.ValueSet(string(in.Reference)),
	}
	if in.Board != "" {
		attributes = append(attributes, KoppelInstitution.ValueSet([]string{string(in.Board)}))
	}
	return client.StartWorkflowOptions{
		ID:                       LinkingID(in.Identity),
		TaskQueue:                activities.MainQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    temporal.NewSearchAttributes(attributes...),
		StaticSummary:            linkingSummary(in),
		StaticDetails:            linkingPurpose,
		Memo:                     memo(in.Reference, linkingSteps[onboarding.AwaitProof], in.AuthenticatedAt, deadline),
	}
}
