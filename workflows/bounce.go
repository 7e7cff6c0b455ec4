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
	returned := errand{{"Mail", fmt.Sprintf("%s, nummer %d", in.Kind, in.Number)},
		{"Melding", fmt.Sprintf("%s (%s)", bounceText(in.Status), in.Status)}}
	if err := returned.do(ctx, options, "Een mail die terugkwam wordt genoteerd", do.NoteBounce, in, &noted); err != nil {
		return err
	}
	if noted.Workflow == "" {
		returned.describe(ctx, "Genoteerd", "Klaar. Niemand wacht op deze mail.")
		return nil
	}
	err := workflow.SignalExternalWorkflow(ctx, noted.Workflow, "", MailBounced, in).Get(ctx, nil)
	var over *temporal.UnknownExternalWorkflowExecutionError
	if err != nil && !errors.As(err, &over) { // over: the case ended meanwhile
		return err
	}
	returned.describe(ctx, "Genoteerd en doorgegeven aan de zaak", "Klaar. Zoek de zaak met de referentie: daar staat wat de gebruiker kan doen.")
	return nil
}

// BounceOptions starts a Bounce; one mail bounces once, however often that is reported.
func BounceOptions(in activities.Bounce, reference onboarding.Reference) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                    fmt.Sprintf("bounce-%s-%s-%d", in.Case, in.Kind, in.Number),
		TaskQueue:             activities.MainQueue,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		TypedSearchAttributes: temporal.NewSearchAttributes(KoppelRef.ValueSet(string(reference))),
		StaticSummary:         fmt.Sprintf("Mail niet bezorgd %s: %s, mail %d, melding %s", reference, in.Kind, in.Number, in.Status),
	}
}
