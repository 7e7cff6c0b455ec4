package workflows

import (
	"testing"
	"time"

	"koppel/onboarding"
)

// TestMoveThatTheTableDoesNotHaveIsABug asks for a move that no cell of a link has.
func TestMoveThatTheTableDoesNotHaveIsABug(t *testing.T) {
	c := &linking{}
	c.begin(c, onboarding.AwaitProof, time.Time{})
	defer func() {
		if recover() == nil || c.step != onboarding.AwaitProof {
			t.Errorf("the case moved to %s", c.step)
		}
	}()
	_ = c.moveTo(nil, onboarding.Completing)
}
