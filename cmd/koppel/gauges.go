package main

import (
	"context"
	"errors"
	"reflect"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"koppel/eherkenning"
	"koppel/health"
	"koppel/onboarding"
	"koppel/store"
)

// countEvents counts the events of the audit as they are committed: the steps of the journeys, what ended them, limits
// that were reached, logins that were refused. Of the details of an event only those are told that come from closed
// lists.
func countEvents() func(store.Event) {
	events, _ := otel.Meter("koppel").Int64Counter("koppel.events", metric.WithDescription("Events of the audit, by name and by reason, outcome or kind of mail."))
	for _, e := range alarming {
		events.Add(context.Background(), 0, metric.WithAttributes(labelsOf(e)...))
	}
	return func(e store.Event) { events.Add(context.Background(), 1, metric.WithAttributes(labelsOf(e)...)) }
}

// alarming are the events that alerts are about. They are counted from zero, because Prometheus does not see the first
// event of a count that begins with it.
var alarming = []store.Event{
	{Name: onboarding.PINWrong}, {Name: onboarding.PINLocked}, {Name: onboarding.ProofLocked},
	{Name: onboarding.LoginRefused, Detail: map[string]any{"reason": eherkenning.Unsigned}},
	{Name: onboarding.LoginRefused, Detail: map[string]any{"reason": eherkenning.SignatureForm}},
	{Name: onboarding.LoginRefused, Detail: map[string]any{"reason": eherkenning.BadSignature}},
}

func labelsOf(e store.Event) []attribute.KeyValue {
	labels := []attribute.KeyValue{attribute.String("event", string(e.Name))}
	for _, name := range []string{"reason", "outcome", "kind"} {
		if text := asText(e.Detail[name]); text != "" {
			labels = append(labels, attribute.String(name, text))
		}
	}
	return labels
}

// measureParts tells which parts a process reaches.
func measureParts(watch *health.Watch) error {
	return gauge("koppel.part.up", "Whether a part that this process depends on answers.", "", func(_ context.Context, to metric.Float64Observer) error {
		for name, up := range watch.Up() {
			to.Observe(truthValue(up), metric.WithAttributes(attribute.String("part", name)))
		}
		return nil
	})
}

// measureQueues tells what waits, of which kind and for how long. Every worker tells the same, as all read one database.
func measureQueues(database *store.Store, now func() time.Time) error {
	return errors.Join(
		gauge("koppel.mail.oldest", "Age of the oldest mail that no mail server has taken yet.", "s", func(ctx context.Context, to metric.Float64Observer) error {
			since, err := database.OldestMail(ctx)
			if err != nil || since.IsZero() {
				to.Observe(0)
				return err
			}
			to.Observe(now().Sub(since).Seconds())
			return nil
		}),
		gauge("koppel.cases.open", "Linkings that are under way, by step.", "", func(ctx context.Context, to metric.Float64Observer) error {
			steps, err := database.OpenCases(ctx)
			for step, count := range steps {
				to.Observe(float64(count), metric.WithAttributes(attribute.String("step", string(step))))
			}
			return err
		}))
}

// measureExpiries tells how long certificates and metadata are good.
func measureExpiries(sp *eherkenning.ServiceProvider, now func() time.Time) error {
	return gauge("koppel.eherkenning.expires.in", "How long what logins depend on is good.", "s", func(_ context.Context, to metric.Float64Observer) error {
		for _, expiry := range sp.Expiries() {
			to.Observe(expiry.At.Sub(now()).Seconds(), metric.WithAttributes(attribute.String("what", expiry.What)))
		}
		return nil
	})
}

func truthValue(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// asText is a value whose type is text by name, such as onboarding.Outcome.
func asText(value any) string {
	text := reflect.ValueOf(value)
	if text.Kind() != reflect.String {
		return ""
	}
	return text.String()
}
