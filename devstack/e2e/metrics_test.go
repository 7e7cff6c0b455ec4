package e2e

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"koppel/devstack"
)

// named finds the metrics in a rule or a query: they are the words with a prefix of ours or of what we use.
var named = regexp.MustCompile(`\b(?:koppel|http_server|temporal|go|process)_[a-z0-9_]+\b`)

// everyMetricNamedExists reads the names out of the rules, the dashboard and the runbook, and asks web and worker for
// their metrics as Prometheus does.
func everyMetricNamedExists(t *testing.T, stack *devstack.Stack) {
	web, worker := scrape(t, stack.Web.MetricsURL), scrape(t, stack.Worker.MetricsURL)
	for program, served := range map[string]string{"web": web, "worker": worker} {
		if !strings.Contains(served, "\nkoppel_panics_total 0\n") {
			t.Errorf("%s does not count panics from zero", program)
		}
	}
	served := web + worker
	for _, file := range []string{"deploy/prometheus/koppel.rules.yml", "deploy/grafana/koppel.json", "docs/operators.md"} {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		names := named.FindAllString(string(text), -1)
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) < 5 {
			t.Errorf("%s names only %v", file, names)
		}
		for _, name := range names {
			if !regexp.MustCompile(`(?m)^` + name + `(_count)?[{ ]`).MatchString(served) {
				t.Errorf("%s names %s, which neither web nor worker serves", file, name)
			}
		}
		t.Logf("%s: %v", file, names)
	}
	for _, event := range funnel {
		if !regexp.MustCompile(`(?m)^koppel_events_total\{[^}]*event="` + event + `"`).MatchString(served) {
			t.Errorf("no event %s was counted", event)
		}
	}
}

// funnel are the events that the dashboard draws as the way of a first link.
var funnel = []string{"login.accepted", "proof.right", "mail.accepted", "pin.right", "linked"}

func scrape(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%s", url, response.Status, err, body)
	}
	return string(body)
}
