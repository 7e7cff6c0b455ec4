package workflows

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// JoiningName is the workflow type that gives a person who is logged in another identity.
const JoiningName = "Joining"

// JoiningInput starts a joining.
type JoiningInput = activities.Joining

// JoiningResult is what became of it.
type JoiningResult struct {
	Outcome onboarding.Outcome // Accepted, or Taken when the identity is somebody else's
}

// JoiningOptions starts a joining or joins the one that runs. An identity joins one person at a time.
func JoiningOptions(in JoiningInput, reference onboarding.Reference) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                       "join-" + in.Identity,
		TaskQueue:                activities.MainQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    temporal.NewSearchAttributes(KoppelRef.ValueSet(string(reference))),
		StaticSummary:            fmt.Sprintf("Andere eHerkenning bij een account, %s", reference),
	}
}

// Joining binds an identity to the person whose session it logged in from, and mails that person. It goes on for as long
// as the mail server is away; the identity can be used before.
func Joining(ctx workflow.Context, in JoiningInput) (JoiningResult, error) {
	options := database
	options.Summary = "eHerkenning bij het account zetten"
	var joined activities.Completed
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), do.JoinIdentity, in).Get(ctx, &joined)
	if err != nil || joined.Outcome != onboarding.Accepted {
		return JoiningResult{joined.Outcome}, err
	}
	if err := tellVoided(ctx, LinkingID(in.Identity)); err != nil {
		return JoiningResult{}, err
	}
	options = mailing
	options.Summary = "De gebruiker mailen over de andere eHerkenning"
	err = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), do.SendJoinedNotice, in).Get(ctx, nil)
	return JoiningResult{joined.Outcome}, err
}
