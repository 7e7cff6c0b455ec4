package web

import (
	"context"
	"crypto/rand"
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

// linkingInput describes the case of a visit; where one runs already, that one counts.
func (s *site) linkingInput(ctx context.Context, v visit, language string) (workflows.LinkingInput, error) {
	board, err := s.Store.BoardOf(ctx, v.identity.Organisation)
	return workflows.LinkingInput{
		Case:            newUUID(),
		Identity:        v.identity.Hash,
		Reference:       s.reference(v.identity.Hash),
		Level:           v.identity.Level,
		Supplier:        v.identity.Supplier,
		AuthenticatedAt: v.session.AuthenticatedAt,
		Board:           board,
		Language:        language,
	}, err
}

// startLinking makes the case visible to the helpdesk from the login on.
func (s *site) startLinking(ctx context.Context, v visit, language string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startWait)
	defer cancel()
	in, err := s.linkingInput(ctx, v, language)
	if err != nil {
		return err
	}
	if _, err := s.Temporal.ExecuteWorkflow(ctx, workflows.LinkingOptions(in), workflows.LinkingName, in); err != nil {
		return temporalAway("start linking", err)
	}
	return nil
}

// submission is one form on its way to the case. input goes sealed to the worker, nothing of it to Temporal.
type submission struct {
	update string // one of the updates of workflows
	id     string // random part of the form's nonce
	input  any    // nil where the form has no fields
}

// submit hands over what was typed and returns the verdict. Its errors have a kind: Stale when the case has moved
// on, Busy when something else of this case is being judged, Unavailable when no verdict came in time or the engine
// is away: then the same form, with the same nonce, may be sent again and counts once. The browser may leave
// meanwhile: the request's context is not used.
func (s *site) submit(ctx context.Context, v visit, language string, what submission) (onboarding.Verdict, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), updateWait)
	defer cancel()
	var handover string
	if what.input != nil {
		handover = what.id
		if err := s.handOver(ctx, v, what); err != nil {
			return onboarding.Verdict{}, err
		}
	}
	handle, err := s.update(ctx, v, language, client.UpdateWorkflowOptions{
		WorkflowID:   workflows.LinkingID(v.identity.Hash),
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

// update sends an update. Credentials start the case where none runs, so a form may outlive its case.
func (s *site) update(ctx context.Context, v visit, language string, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if options.UpdateName != workflows.SubmitCredentials {
		return s.Temporal.UpdateWorkflow(ctx, options)
	}
	in, err := s.linkingInput(ctx, v, language)
	if err != nil {
		return nil, err
	}
	return s.Temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.Temporal.NewWithStartWorkflowOperation(workflows.LinkingOptions(in), workflows.LinkingName, in),
		UpdateOptions:          options,
	})
}

func (s *site) handOver(ctx context.Context, v visit, what submission) error {
	plaintext, err := json.Marshal(what.input)
	if err != nil {
		return fmt.Errorf("write handover: %w", err)
	}
	sealed, err := s.Handover.Seal("handovers/"+what.id, plaintext)
	if err != nil {
		return err
	}
	return s.Store.SaveHandover(ctx, store.Handover{
		ID: what.id, WorkflowID: workflows.LinkingID(v.identity.Hash), Sealed: sealed, CreatedAt: s.Now()})
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
func newUUID() string {
	u := make([]byte, 16)
	rand.Read(u)
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
