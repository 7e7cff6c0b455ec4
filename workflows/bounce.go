package workflows

import (
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// BounceName is the workflow type.
const BounceName = "Bounce"

// MailBounced is the signal that tells a linking of a mail that came back. It carries an activities.Bounce.
const MailBounced = "MailBounced"

// Bounce notes that a mail came back and tells the case that waits for it. It is a workflow of its own because most
// such mails come back to a case that is over, and those that don't must be told even if Temporal is all that lives.
func Bounce(ctx workflow.Context, in activities.Bounce) error {
	options := database
	options.Summary = "Noteren dat een mail niet bezorgd is"
	var noted activities.Noted
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), do.NoteBounce, in).Get(ctx, &noted)
	if err != nil || noted.Workflow == "" {
		return err
	}
	err = workflow.SignalExternalWorkflow(ctx, noted.Workflow, "", MailBounced, in).Get(ctx, nil)
	var over *temporal.UnknownExternalWorkflowExecutionError
	if errors.As(err, &over) {
		return nil // the case ended meanwhile
	}
	return err
}

// BounceOptions starts a Bounce; one mail bounces once, however often that is reported.
func BounceOptions(in activities.Bounce, reference onboarding.Reference) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                    fmt.Sprintf("bounce-%s-%s-%d", in.Case, in.Kind, in.Number),
		TaskQueue:             activities.MainQueue,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		TypedSearchAttributes: temporal.NewSearchAttributes(KoppelRef.ValueSet(string(reference))),
		StaticSummary:         fmt.Sprintf("Mail niet bezorgd: %s, mail %d, melding %s", in.Kind, in.Number, in.Status),
	}
}
