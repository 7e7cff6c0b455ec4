package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"koppel/worker"
)

func TestBuildsAreListedWithWhatTheyGet(t *testing.T) {
	since := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var out strings.Builder
	err := writeBuilds(&out, []worker.Build{
		{ID: "v3", Since: since.Add(time.Hour), Percent: 10, Polling: true},
		{ID: "v2", Since: since, Current: true, Polling: true, Open: 12},
		{ID: "v1", Since: since.Add(-time.Hour), Open: 3},
	}, 1)
	want := `BUILD            GETS      WORKERS  OPEN  SINCE
v3               10%       yes      0     2026-11-23 10:00
v2               the work  yes      12    2026-11-23 09:00
v1               nothing   none     3     2026-11-23 08:00
without a build                     1     
`
	if err != nil || out.String() != want {
		t.Errorf("%v, got\n%swant\n%s", err, out.String(), want)
	}
}

func TestPromotionAsksForABuildAndAShare(t *testing.T) {
	for _, test := range []struct {
		arguments []string
		want      string
	}{
		{nil, "which build?"},
		{[]string{"v1", "--percent", "101"}, "--percent: from 0 to 100"},
		{[]string{"v1", "--percent", "-1"}, "--percent: from 0 to 100"},
	} {
		command := deployCommand(slog.New(slog.DiscardHandler))
		command.SilenceErrors, command.SilenceUsage = true, true
		command.SetArgs(append([]string{"promote"}, test.arguments...))
		if err := command.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("promote %v: %v, want %q", test.arguments, err, test.want)
		}
	}
}
