package alerts

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"koppel/devstack/machine"
)

const rules = "../../deploy/prometheus/koppel.rules.yml"

func TestMain(m *testing.M) {
	if err := machine.Meet(os.Stderr, machine.Promtool); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestAlertsFireOnWhatTheyAreForAndNotBelow(t *testing.T) {
	for _, arguments := range [][]string{{"check", "rules", rules}, {"test", "rules", "../../deploy/prometheus/koppel.rules.test.yml"}} {
		if output, err := exec.Command("promtool", arguments...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, output)
		}
	}
}

// TestEveryAlertIsTestedAndHasItsPartOfTheRunbook also holds the link to the part.
func TestEveryAlertIsTestedAndHasItsPartOfTheRunbook(t *testing.T) {
	definitions := read(t, rules)
	tests, runbook := read(t, "../../deploy/prometheus/koppel.rules.test.yml"), read(t, "../../docs/operators.md")
	names := regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(definitions, -1)
	if len(names) == 0 {
		t.Fatal("no alerts found")
	}
	for _, name := range names {
		for what, found := range map[string]bool{
			"a test that it fires":        strings.Contains(tests, "alertname: "+name[1]+"\n"),
			"a part of docs/operators.md": strings.Contains(runbook, "\n### "+name[1]+"\n"),
			"the link to it":              strings.Contains(definitions, "runbook: docs/operators.md#"+strings.ToLower(name[1])+"\n"),
		} {
			if !found {
				t.Errorf("%s lacks %s", name[1], what)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
