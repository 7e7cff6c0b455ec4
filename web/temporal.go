package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

const (
	updateWait = 4 * time.Second // a page waits for a verdict; past it the step is shown as being worked on
	startWait  = 2 * time.Second // a login waits for its case; the first submit would start it as well
)

// beginLinking is how the linking of a visit begins; where one runs already, that one counts.
func (s *site) beginLinking(v visit, language string) beginning {
	return func(ctx context.Context) (start, error) {
		board, err := s.Store.BoardOf(ctx, v.identity.Organisation)
		in := s.linkingInput(v, board, language)
		return start{workflows.LinkingOptions(in), workflows.LinkingName, in}, err
	}
}

// beginReset is how a request for a new password begins; where one runs for the same account, that one counts.
func (s *site) beginReset(v visit, workflowID, language string) beginning {
	return func(context.Context) (start, error) {
		in := workflows.PasswordResetInput{
			Case: newUUID(), Identity: v.identity.Hash, Reference: workflows.Reference(s.Lookup.Hash, workflowID),
			Language: language, AskedAt: s.Now(),
		}
		return start{workflows.PasswordResetOptions(workflowID, in), workflows.PasswordResetName, in}, nil
	}
}

func (s *site) linkingInput(v visit, board onboarding.InstitutionCode, language string) workflows.LinkingInput {
	return workflows.LinkingInput{
		Case:            newUUID(),
		Identity:        v.identity.Hash,
		Reference:       s.reference(v.identity.Hash),
		Level:           v.identity.Level,
		Supplier:        v.identity.Supplier,
		AuthenticatedAt: v.session.AuthenticatedAt,
		Board:           board,
		Language:        language,
	}
}

// startLinking makes the case visible to the helpdesk from the login on.
func (s *site) startLinking(ctx context.Context, v visit, language string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startWait)
	defer cancel()
	first, err := s.beginLinking(v, language)(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Temporal.ExecuteWorkflow(ctx, first.options, first.workflow, first.input); err != nil {
		return temporalAway("start linking", err)
	}
	return nil
}

// submission is one form on its way to a case. input goes sealed to the worker, nothing of it to Temporal.
type submission struct {
	workflow string    // id of the case
	begin    beginning // how to begin the case where none runs; nil: then the form is too late
	update   string    // one of the updates of workflows
	id       string    // random part of the form's nonce
	input    any       // nil where the form has no fields
}

// beginning is how a case begins. It is asked for when a form is submitted, and costs nothing where a case runs.
type beginning func(ctx context.Context) (start, error)

// start is a workflow that is to run.
type start struct {
	options  client.StartWorkflowOptions
	workflow string // its type
	input    any
}

// submit hands over what was typed and returns the verdict. Its errors have a kind: Stale when the case has moved
// on, Busy when something else of this case is being judged, Unavailable when no verdict came in time or the engine
// is away: then the same form, with the same nonce, may be sent again and counts once. The browser may leave
// meanwhile: the request's context is not used.
func (s *site) submit(ctx context.Context, what submission) (onboarding.Verdict, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), updateWait)
	defer cancel()
	var handover string
	if what.input != nil {
		handover = what.id
		if err := s.handOver(ctx, what); err != nil {
			return onboarding.Verdict{}, err
		}
	}
	handle, err := s.update(ctx, what.begin, client.UpdateWorkflowOptions{
		WorkflowID:   what.workflow,
		UpdateID:     what.updateID(),
		UpdateName:   what.update,
		Args:         []any{workflows.Submission{Handover: handover}},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	var verdict onboarding.Verdict
	if err == nil {
		err = handle.Get(ctx, &verdict)
	}
	return verdict, updateError(what.update, err)
}

// updateID is the random part of the nonce. Buttons without fields stand on the page of another form and share its
// nonce, so they add their name.
func (what submission) updateID() string {
	if what.input == nil {
		return what.id + "-" + what.update
	}
	return what.id
}

// update sends an update, and with it the start of its case where none runs: so a form may outlive its case.
func (s *site) update(ctx context.Context, begin beginning, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if begin == nil {
		return s.Temporal.UpdateWorkflow(ctx, options)
	}
	first, err := begin(ctx)
	if err != nil {
		return nil, err
	}
	return s.Temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.Temporal.NewWithStartWorkflowOperation(first.options, first.workflow, first.input),
		UpdateOptions:          options,
	})
}

func (s *site) handOver(ctx context.Context, what submission) error {
	plaintext, err := json.Marshal(what.input)
	if err != nil {
		return fmt.Errorf("write handover: %w", err)
	}
	sealed, err := s.Handover.Seal("handovers/"+what.id, plaintext)
	if err != nil {
		return err
	}
	return s.Store.SaveHandover(ctx, store.Handover{
		ID: what.id, WorkflowID: what.workflow, Sealed: sealed, CreatedAt: s.Now()})
}

// updateError gives what Temporal answered a kind.
func updateError(operation string, err error) error {
	var (
		refused  *temporal.ApplicationError
		gone     *serviceerror.NotFound
		late     *client.WorkflowUpdateServiceTimeoutOrCanceledError
		deadline *serviceerror.DeadlineExceeded
	)
	switch {
	case err == nil:
		return nil
	case onboarding.KindOf(err) != "": // of the store
		return err
	case errors.As(err, &refused) && refused.Type() == string(onboarding.Stale), errors.As(err, &gone):
		return &onboarding.Error{Kind: onboarding.Stale, Message: "p.tab"}
	case errors.As(err, &refused) && refused.Type() == string(onboarding.Busy):
		return &onboarding.Error{Kind: onboarding.Busy, Message: "e.busy"}
	case errors.As(err, &refused):
		return fmt.Errorf("%s: %w", operation, err)
	case errors.As(err, &late), errors.As(err, &deadline), errors.Is(err, context.DeadlineExceeded):
		return &onboarding.Error{Kind: onboarding.Unavailable, Message: "e.working"}
	}
	return temporalAway(operation, err)
}

func temporalAway(operation string, cause error) error {
	return fmt.Errorf("%s: %w: %w", operation,
		&onboarding.Error{Kind: onboarding.Unavailable, Message: "e.away", Part: TemporalPart}, cause)
}

// newUUID is a random UUID (RFC 9562, version 4).
func newUUID() string { return onboarding.NewID() }
