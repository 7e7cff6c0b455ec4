package web

import (
	"strings"

	"koppel/onboarding"
)

// input is one text field of a form as the template "field" draws it.
type input struct {
	ID           string // of the element, and name of the field in the form
	Words        string // its label is under this key with .label, its hint under .hint
	Type         string
	Mode         string // keyboard of a telephone; empty: that of the type
	Autocomplete string // what a browser may fill in (HTML autofill field names)
	Class        string
	Plain        bool // neither spelling check nor capitals: what is typed is not a word

	Screen *screen
	Value  string
	Errors []fieldError
}

// inputs are all text fields there are, by ID.
var inputs = map[string]input{
	"email":      {Words: "mail", Type: "email", Autocomplete: "email", Class: "app-textbox--wide", Plain: true},
	"username":   {Words: "user", Type: "text", Autocomplete: "username", Class: "app-textbox--wide", Plain: true},
	"password":   {Words: "pw", Type: "password", Autocomplete: "current-password", Class: "app-textbox--wide"},
	"code":       {Words: "code", Type: "text", Autocomplete: "off", Class: "app-textbox--wide", Plain: true},
	"pin":        {Words: "pin", Type: "text", Mode: "numeric", Autocomplete: "one-time-code", Class: "app-textbox--pin"},
	"instelling": {Words: "add.code", Type: "text", Autocomplete: "off", Plain: true},
	"account":    {Words: "fg", Type: "text", Autocomplete: "username", Class: "app-textbox--wide", Plain: true},
	"new":        {Words: "rs", Type: "password", Autocomplete: "new-password", Class: "app-textbox--wide"},
}

// Input is the field with that ID, holding what was typed and what is wrong with it.
func (s *screen) Input(id, value string) input {
	field := inputs[id]
	field.ID, field.Value, field.Screen, field.Errors = id, value, s, s.ErrorsOf(id)
	return field
}

// HasHint tells whether there is a hint.
func (i input) HasHint() bool { return i.Screen.Has(i.Words + ".hint") }

// DescribedBy are the ids of the hint and the faults, in the order in which they should be read out.
func (i input) DescribedBy() string {
	var ids []string
	if i.HasHint() {
		ids = append(ids, i.ID+"-hint")
	}
	if len(i.Errors) > 0 {
		ids = append(ids, i.ID+"-error")
	}
	return strings.Join(ids, " ")
}

// NeedsOwnAddress tells whether what was typed is an address that several people read: then it says how to get one.
func (i input) NeedsOwnAddress() bool {
	email, err := onboarding.ParseEmail(i.Value)
	return len(i.Errors) > 0 && err == nil && email.General()
}
