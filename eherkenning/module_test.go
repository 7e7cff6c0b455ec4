package eherkenning

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestSignatureLibraryIsNotTheVulnerableOne: crewjam/saml asks for goxmldsig 1.4.0, whose signatures can be bypassed
// (CVE-2026-33487). What counts is the version that the build selects.
func TestSignatureLibraryIsNotTheVulnerableOne(t *testing.T) {
	output, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/russellhaering/goxmldsig").Output()
	if err != nil {
		t.Fatal(err)
	}
	version := strings.TrimSpace(string(output))
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "v%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatal(err)
	}
	if major*10000+minor*100+patch < 10601 {
		t.Errorf("goxmldsig %s is selected, at least v1.6.1 is needed", version)
	}
}

// TestReasonsAreDocumented keeps the operator's list complete.
func TestReasonsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/eherkenning.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range reasons() {
		if !strings.Contains(string(text), "| `"+reason+"` |") {
			t.Errorf("docs/eherkenning.md has no row for %s", reason)
		}
	}
}

// reasons are the values of the constants in refusal.go.
func reasons() []string {
	file, err := parser.ParseFile(token.NewFileSet(), "refusal.go", nil, 0)
	if err != nil {
		panic(err)
	}
	var found []string
	ast.Inspect(file, func(node ast.Node) bool {
		spec, isValue := node.(*ast.ValueSpec)
		if isValue && len(spec.Values) == 1 {
			if literal, isLiteral := spec.Values[0].(*ast.BasicLit); isLiteral {
				value, _ := strconv.Unquote(literal.Value)
				found = append(found, value)
			}
		}
		return true
	})
	if len(found) < 30 {
		panic("refusal.go has hardly any reasons")
	}
	return found
}
