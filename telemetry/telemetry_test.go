package telemetry

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// TestWhatIsMeasuredIsServedAndSent measures as other packages do: by the API of OpenTelemetry, got before New.
func TestWhatIsMeasuredIsServedAndSent(t *testing.T) {
	sent := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent <- r.URL.Path + " " + string(body)
	}))
	defer collector.Close()
	counter, err := otel.Meter("test").Int64Counter("koppel.things")
	if err != nil {
		t.Fatal(err)
	}
	measured, err := New(t.Context(), Settings{Program: "web", Traces: collector.URL + "/v1/traces"})
	if err != nil {
		t.Fatal(err)
	}
	counter.Add(t.Context(), 2, metric.WithAttributes(attribute.String("kind", "small")))
	_, span := otel.Tracer("test").Start(t.Context(), "a step")
	span.End()

	answer := httptest.NewRecorder()
	measured.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{`koppel_things_total{kind="small"} 2`, "go_goroutines ", "process_resident_memory_bytes "} {
		if !strings.Contains(answer.Body.String(), "\n"+line) {
			t.Errorf("want %q in the metrics, got\n%s", line, answer.Body.String())
		}
	}
	if err := measured.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	trace := <-sent
	for _, words := range []string{"/v1/traces ", "koppel-web", "a step"} {
		if !strings.Contains(trace, words) {
			t.Errorf("want %q in what the collector got: %q", words, trace)
		}
	}
}
