package web

import (
	"errors"
	"maps"
	"time"

	"koppel/messages"
	"koppel/onboarding"
)

// fieldError is a fault in a form, in no language yet. Field is the id of the input; empty: the fault is of the form
// as a whole.
type fieldError struct {
	Field string
	Key   string // of the message
	Args  map[string]string
	At    time.Time // fills in {tijd} and {datum}; zero: the message names no time
	Press string    // key of the words that fill in {knop}; empty: the message names no button
}

// in is the fault as its reader is told.
func (f fieldError) in(language messages.Language) string {
	args := map[string]string{}
	if !f.At.IsZero() {
		args = moment(language, f.At)
	}
	if f.Press != "" {
		args["knop"] = messages.Text(language, f.Press, nil)
	}
	maps.Copy(args, f.Args)
	return messages.Text(language, f.Key, args)
}

// moment fills in the clock time and the date of a text that names when something is possible again.
func moment(language messages.Language, at time.Time) map[string]string {
	return map[string]string{"tijd": messages.Time(language, at), "datum": messages.Date(language, at)}
}

// faultOf is a parser's refusal as the fault of a field.
func faultOf(field string, err error) []fieldError {
	var refusal *onboarding.Error
	if !errors.As(err, &refusal) {
		return nil
	}
	return []fieldError{{Field: field, Key: refusal.Message, Args: refusal.Args}}
}
