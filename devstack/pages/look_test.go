package pages

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTheLookIsBuiltFromItsSources builds the stylesheet and the rest again: what is committed must come out.
func TestTheLookIsBuiltFromItsSources(t *testing.T) {
	t.Parallel()
	check := exec.Command("node", "check.mjs")
	check.Dir = filepath.Join(root, "web", "ui")
	if output, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}
