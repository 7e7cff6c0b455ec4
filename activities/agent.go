package activities

import (
	"context"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

// mayAct tells whether who acts is an agent that has not been revoked, with a role that does that.
func mayAct(ctx context.Context, tx *store.Tx, act helpdesk.Act, verb helpdesk.Verb) (bool, error) {
	agent, err := tx.Agent(ctx, act.Agent)
	if onboarding.KindOf(err) == onboarding.NotFound {
		return false, nil
	}
	return err == nil && helpdesk.Role(agent.Role).May(verb), err
}
