// Package telemetry owns what operators measure: metrics in the format of Prometheus, and traces over OTLP.
//
// Other packages measure through the API of OpenTelemetry and do nothing where New was not called. What they measure is
// named by routes, codes and counts of closed lists, never by a person: labels and attributes are kept for months and
// read by many.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Settings are what New wants to know.
type Settings struct {
	Program string // web or worker: the name of the service in traces
	Traces  string // URL of an OTLP collector over HTTP; empty: no traces are made
}

// Telemetry holds what a process measures.
type Telemetry struct {
	registry *prometheus.Registry
	metrics  *metric.MeterProvider
	traces   *trace.TracerProvider // nil where none are made
}

// New starts to measure: from here on what packages tell the API of OpenTelemetry is kept.
func New(ctx context.Context, s Settings) (*Telemetry, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reader, err := exporter.New(exporter.WithRegisterer(registry), exporter.WithoutScopeInfo(), exporter.WithoutTargetInfo())
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	t := &Telemetry{registry: registry, metrics: metric.NewMeterProvider(metric.WithReader(reader))}
	otel.SetMeterProvider(t.metrics)
	if s.Traces == "" {
		return t, nil
	}
	sender, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(s.Traces))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	service := resource.NewSchemaless(attribute.String("service.name", "koppel-"+s.Program))
	t.traces = trace.NewTracerProvider(trace.WithBatcher(sender), trace.WithResource(service))
	otel.SetTracerProvider(t.traces)
	return t, nil
}

// ServeHTTP answers with the metrics.
func (t *Telemetry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// Close sends the traces that were not sent yet.
func (t *Telemetry) Close(ctx context.Context) error {
	var unsent error
	if t.traces != nil {
		unsent = t.traces.Shutdown(ctx)
	}
	return errors.Join(unsent, t.metrics.Shutdown(ctx))
}
