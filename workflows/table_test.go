package workflows

import (
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
)

// TestMoveThatTheTableDoesNotHaveIsABug asks for a move that no cell of a link has.
func TestMoveThatTheTableDoesNotHaveIsABug(t *testing.T) {
	c := &linking{}
	c.begin(c, onboarding.AwaitProof, time.Time{})
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "no way from await_proof to completing") || c.step != onboarding.AwaitProof {
			t.Errorf("said %q; the case is at %s", said, c.step)
		}
	}()
	_ = c.moveTo(nil, onboarding.Completing)
}
