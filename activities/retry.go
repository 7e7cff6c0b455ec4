package activities

import (
	"context"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

// AgentRetry accounts for an operator who has a parked step done again. The workflow does it.
func (a *Activities) AgentRetry(ctx context.Context, in Help) (Checked, error) {
	return a.help(ctx, in, helpdesk.Retry, func(tx *store.Tx, c helped, now time.Time) (Checked, error) {
		return acted, auditHelp(ctx, tx, onboarding.AgentRetried, c, in.Act, now, nil)
	})
}
