package store

import (
	"context"
	"time"
)

// JoinIdentity gives a person an identity that is nobody's. It returns whose the identity is now, and whether this call
// made it so.
func (t *Tx) JoinIdentity(ctx context.Context, identity, person string, now time.Time) (owner string, joined bool, err error) {
	result, err := t.tx.ExecContext(ctx, `
		update identities set person = $2, linked_at = $3 where hash = $1 and person is null`, identity, person, now)
	if err != nil {
		return "", false, translate("join identity", err)
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return "", false, translate("join identity", err)
	}
	found, err := t.Identity(ctx, identity)
	return found.Person, changed == 1, err
}
