package e2e

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracing "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"koppel/devstack"
)

// tracePage shows how a first link is traced. Where KOPPEL_TRACE is set, its block is drawn anew.
const tracePage = "../../docs/trace.md"

var traceBlock = regexp.MustCompile("(?s)```text\n(.*?)```")

// clicks are the requests of a first link that have work done.
var clicks = []string{"GET /eherkenning/acs", "POST /koppelen", "POST /koppelen/pincode"}

// span is one of a trace.
type span struct {
	*tracing.Span
	program string
}

// traceOfAJourney lets somebody link, and wants the same spans from click to mail server as the page about it has.
func traceOfAJourney(t *testing.T, traces *devstack.Traces, p *traveller) {
	page, err := os.ReadFile(tracePage)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	p.toHome()
	ctx := within(t, 30*time.Second)
	drawn := ""
	for want := traceBlock.FindStringSubmatch(string(page))[1]; drawn == "" || !slices.Equal(spanNames(drawn), spanNames(want)); {
		select {
		case <-ctx.Done():
			if os.Getenv("KOPPEL_TRACE") == "" {
				t.Fatalf("docs/trace.md shows another trace; draw it anew with KOPPEL_TRACE=1. This one:\n%s", drawn)
			}
			page = traceBlock.ReplaceAllLiteral(page, []byte("```text\n"+drawn+"```"))
			if err := os.WriteFile(tracePage, page, 0o644); err != nil {
				t.Fatal(err)
			}
			return
		case <-time.After(200 * time.Millisecond):
			drawn = drawnSince(t, traces, start)
		}
	}
}

// drawnSince are the traces of the clicks after a time.
func drawnSince(t *testing.T, traces *devstack.Traces, start time.Time) string {
	var found []string
	for _, spans := range tracesIn(t, traces) {
		slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.StartTimeUnixNano, b.StartTimeUnixNano) })
		if click := slices.Index(clicks, spans[0].Name); click >= 0 && spans[0].StartTimeUnixNano > uint64(start.UnixNano()) {
			found = append(found, fmt.Sprintf("%d. %s\n%s", click+1, clicks[click], drawn(spans)))
		}
	}
	slices.Sort(found)
	return strings.Join(found, "\n")
}

// spanNames are the names in a drawing, each once: how often a workflow's task is done again differs from run to run.
func spanNames(drawing string) []string {
	var names []string
	for _, line := range regexp.MustCompile(`(?m)koppel-\w+ .*$`).FindAllString(drawing, -1) {
		names = append(names, strings.Join(strings.Fields(line), " "))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// tracesIn are the spans that were collected, by trace.
func tracesIn(t *testing.T, traces *devstack.Traces) map[string][]span {
	t.Helper()
	found := map[string][]span{}
	for _, body := range traces.Requests() {
		var request collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil {
			t.Fatal(err)
		}
		for _, resource := range request.ResourceSpans {
			program := ""
			for _, attribute := range resource.Resource.Attributes {
				if attribute.Key == "service.name" {
					program = attribute.Value.GetStringValue()
				}
			}
			for _, scope := range resource.ScopeSpans {
				for _, s := range scope.Spans {
					id := hex.EncodeToString(s.TraceId)
					found[id] = append(found[id], span{s, program})
				}
			}
		}
	}
	return found
}

// drawn is a trace, the earliest span first, as a tree: when each began after the click, how long it took, and where.
func drawn(spans []span) string {
	var b strings.Builder
	known := map[string]bool{}
	for _, s := range spans {
		known[string(s.SpanId)] = true
	}
	var draw func(s span, depth int)
	draw = func(s span, depth int) {
		at := time.Duration(s.StartTimeUnixNano - spans[0].StartTimeUnixNano)
		took := time.Duration(s.EndTimeUnixNano - s.StartTimeUnixNano)
		fmt.Fprintf(&b, "%9.1f ms %9.1f ms  %-13s %s%s\n", ms(at), ms(took), s.program, strings.Repeat("  ", depth), s.Name)
		for _, child := range spans {
			if string(child.ParentSpanId) == string(s.SpanId) {
				draw(child, depth+1)
			}
		}
	}
	for _, s := range spans {
		if !known[string(s.ParentSpanId)] {
			draw(s, 0)
		}
	}
	return b.String()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
