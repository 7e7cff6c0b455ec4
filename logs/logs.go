// Package logs owns what a log line looks like: JSON, with the attributes of one list and the reference of the case.
//
// What is not on the list is left out, so that a person cannot get into the log under a new name. What happened is said
// by the packages that know.
package logs

import (
	"context"
	"io"
	"log/slog"
)

// reference is the code that stands on the page of the user and in Temporal UI.
const reference = "reference"

// names are the attributes of a line. None of them holds anything that a person typed, or who it is.
var names = map[string]bool{
	slog.TimeKey: true, slog.LevelKey: true, slog.MessageKey: true,
	reference: true,
	"cause":   true, // of a failure; errors hold no personal data (CONTRIBUTING)
	"error":   true,
	"stack":   true, // without values

	// a request: its route is the pattern, never the path or the query
	"method": true, "route": true, "status": true, "duration": true, "reason": true,

	// a case and what is done for it
	"activity": true, "workflow": true, "attempt": true, "case": true, "kind": true, "number": true,
	"at_least": true, "within": true,

	// the program
	"part": true, "after": true, "patience": true, "build": true, "listen": true, "url": true, "program": true, "settings": true,
	"until": true,

	// what the SDK of Temporal adds: ids that are random or keyed hashes
	"Namespace": true, "TaskQueue": true, "WorkerID": true, "WorkerType": true, "BuildID": true,
	"WorkflowID": true, "WorkflowType": true, "RunID": true, "ActivityID": true, "ActivityType": true, "Attempt": true,
	"UpdateID": true, "UpdateName": true, "EventID": true, "EventType": true, "QueryType": true,
	"Error": true, "PanicError": true, "PanicStack": true, "StackTrace": true, "WorkflowTaskDuration": true,
	"TaskFirstEventID": true, "TaskStartedEventID": true, "PreviousStartedEventID": true, "CachedPreviousStartedEventID": true,
}

// leftOut stands for the value of an attribute that is not on the list.
const leftOut = "(left out)"

// New returns a logger that writes to out. A line with a context says which case it is about, if WithReference told.
func New(out io.Writer) *slog.Logger {
	return slog.New(handler{slog.NewJSONHandler(out, &slog.HandlerOptions{ReplaceAttr: discreet})})
}

func discreet(_ []string, attribute slog.Attr) slog.Attr {
	if !names[attribute.Key] {
		return slog.String(attribute.Key, leftOut)
	}
	return attribute
}

type key struct{}

// WithReference tells which case everything in ctx is about.
func WithReference(ctx context.Context, code string) context.Context {
	return context.WithValue(ctx, key{}, code)
}

// handler adds the reference of the context, unless the line has one of its own.
type handler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, record slog.Record) error {
	code, known := ctx.Value(key{}).(string)
	record.Attrs(func(attribute slog.Attr) bool {
		known = known && attribute.Key != reference
		return known
	})
	if known {
		record = record.Clone()
		record.AddAttrs(slog.String(reference, code))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attributes)}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
