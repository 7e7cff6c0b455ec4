package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

const scope = "koppel/web"

// durations is how long answers took, under the name and with the bounds that the semantic conventions of
// OpenTelemetry have for it.
var durations, _ = otel.Meter(scope).Float64Histogram("http.server.request.duration",
	metric.WithUnit("s"), metric.WithDescription("How long answers took."),
	metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))

var panics, _ = otel.Meter(scope).Int64Counter("koppel.panics", metric.WithDescription("Panics, each of them a bug."))

// measure times a request and starts its trace. Both know the route, never the path, the query or who asks.
func (s *site) measure(c *gin.Context) {
	route := c.FullPath()
	what := []attribute.KeyValue{attribute.String("http.request.method", method(c)), attribute.String("http.route", route)}
	ctx, span := otel.Tracer(scope).Start(c.Request.Context(), method(c)+" "+route,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(what...))
	defer span.End()
	c.Request = c.Request.WithContext(ctx)
	start := s.Now()
	c.Next()
	status := c.Writer.Status()
	what = append(what, attribute.String("http.response.status_code", strconv.Itoa(status)))
	span.SetAttributes(what[2])
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	durations.Record(ctx, s.Now().Sub(start).Seconds(), metric.WithAttributes(what...))
}

// method is one of a closed list: anybody can send any word.
func method(c *gin.Context) string {
	switch c.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return c.Request.Method
	}
	return "_OTHER"
}
