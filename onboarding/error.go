package onboarding

import "errors"

// Kind sorts errors by what the caller can do about them.
type Kind string

const (
	Invalid     Kind = "invalid"     // what was given cannot be read: correct it
	NotFound    Kind = "not_found"   // there is no such thing
	Conflict    Kind = "conflict"    // somebody else was first
	Stale       Kind = "stale"       // the case has moved on: look again
	Busy        Kind = "busy"        // something else is being done: try again in a moment
	Unavailable Kind = "unavailable" // a part is away: try again later
)

// Error is a refusal that a person may see. Message is a key of package messages; Args fill its placeholders.
// The cause, if any, stays in the logs.
type Error struct {
	Kind    Kind
	Message string
	Args    map[string]string
	Part    string // that is away, for logs; empty with kinds other than Unavailable, or when it is not known
}

func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }

// KindOf returns the kind of the first Error in err's chain, or "" when there is none.
func KindOf(err error) Kind {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Kind
	}
	return ""
}
