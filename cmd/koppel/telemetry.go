package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"

	"koppel/store"
	"koppel/telemetry"
)

const (
	metricsPath = "/metrics"

	temporalScope = "temporal-sdk-go" // of the SDK's own metrics

	// telemetryTimeout bounds a request for the metrics, what is asked of the database for it, and the last traces.
	telemetryTimeout = 5 * time.Second
)

// measure starts to measure and serves the metrics where they are asked for. What it returns ends both; it is never nil.
func (s settings) measure(ctx context.Context, program string, database *store.Store, log *slog.Logger) (func(), error) {
	measured, err := telemetry.New(ctx, telemetry.Settings{Program: program, Traces: string(s.TracesURL)})
	if err != nil {
		return nil, err
	}
	database.Audited = countEvents()
	countFailedTasks()
	stop := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), telemetryTimeout)
		defer cancel()
		if err := measured.Close(ctx); err != nil {
			log.WarnContext(ctx, "last traces not sent", "cause", err)
		}
	}
	if s.MetricsListen == "" {
		return stop, nil
	}
	stopServing, err := serveMetrics(measured, string(s.MetricsListen))
	if err != nil {
		return nil, fmt.Errorf("KOPPEL_METRICS_LISTEN: %w", err)
	}
	return func() { stopServing(); stop() }, nil
}

// countFailedTasks counts workflow tasks that failed from zero: nobody could tell none from a count that is not there.
func countFailedTasks() {
	failed, _ := otel.Meter(temporalScope).Int64Counter("temporal_workflow_task_execution_failed")
	failed.Add(context.Background(), 0)
}

func serveMetrics(metrics http.Handler, address string) (stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, metrics)
	server := &http.Server{Handler: mux, ReadTimeout: telemetryTimeout, WriteTimeout: 2 * telemetryTimeout}
	go server.Serve(listener)
	return func() { server.Close() }, nil
}

// measuring makes the client of Temporal count what it does and pass traces on, from a click to the mail it caused.
func measuring(options *client.Options) error {
	tracing, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		DisableBaggage: true, AllowInvalidParentSpans: true})
	if err != nil {
		return fmt.Errorf("traces of Temporal: %w", err)
	}
	options.Interceptors = []interceptor.ClientInterceptor{tracing}
	options.MetricsHandler = opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter: otel.Meter(temporalScope), OnError: func(error) {}, UseMonotonicCounters: true})
	return nil
}

// gauge reads a number whenever the metrics are asked for.
func gauge(name, description, unit string, read func(context.Context, metric.Float64Observer) error) error {
	_, err := otel.Meter("koppel").Float64ObservableGauge(name, metric.WithDescription(description), metric.WithUnit(unit),
		metric.WithFloat64Callback(func(ctx context.Context, to metric.Float64Observer) error {
			ctx, cancel := context.WithTimeout(ctx, telemetryTimeout)
			defer cancel()
			return read(ctx, to)
		}))
	return err
}
