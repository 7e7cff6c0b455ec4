package main

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
)

// reading is how one command reads its settings.
type reading struct {
	command     string
	settings    settings
	environment map[string]string // what is not empty; what stands in files is added
	origins     map[string]string // by name: where it is from
	faults      map[string]error  // by name: what is wrong with it alone
	together    []error           // what is wrong with several
}

// Origins of settings, besides the paths of files.
const (
	fromEnvironment = "environment"
	fromDefault     = "default"
)

// brokerMetadata is the setting that is watched when it stands in a file.
const brokerMetadata = "KOPPEL_EHERKENNING_BROKER_METADATA"

// readSettings reads what command needs. All faults are reported together, each with the name of its setting and what
// to do about it, and none with its value.
func readSettings(command string, environ []string) (settings, error) {
	r := read(command, environ)
	return r.settings, r.err()
}

func read(command string, environ []string) *reading {
	r := &reading{command: command, environment: map[string]string{}, origins: map[string]string{}, faults: map[string]error{}}
	for _, variable := range environ {
		if name, value, _ := strings.Cut(variable, "="); value != "" {
			r.environment[name] = value
		}
	}
	for field := range fieldsOf(command) {
		if name := field.Tag.Get("env"); r.find(name, field) {
			r.parse(name, field)
		}
	}
	if from := r.origins[brokerMetadata]; from != fromEnvironment {
		r.settings.brokerMetadataFile = from
	}
	r.readTemporal()
	r.compare()
	return r
}

// find looks for a setting in the environment, in the file named there, and in its default.
func (r *reading) find(name string, field reflect.StructField) bool {
	path, byDefault := r.environment[name+"_FILE"], field.Tag.Get("envDefault")
	switch {
	case r.environment[name] != "" && path != "":
		r.faults[name] = fmt.Errorf("%s and %s_FILE are both set: keep one", name, name)
	case r.environment[name] != "":
		r.origins[name] = fromEnvironment
	case path != "":
		r.readFile(name, path)
	case byDefault != "":
		r.environment[name], r.origins[name] = byDefault, fromDefault
	case field.Tag.Get("optional") == "":
		r.faults[name] = fmt.Errorf("%s is missing: set it, or %s_FILE, to %s", name, name, advice(field))
	}
	return r.origins[name] != ""
}

func (r *reading) readFile(name, path string) {
	content, err := os.ReadFile(path)
	text := strings.TrimSpace(string(content))
	switch {
	case err != nil:
		r.faults[name] = fmt.Errorf("%s_FILE: %w", name, err)
	case text == "":
		r.faults[name] = fmt.Errorf("%s_FILE: %s is empty", name, path)
	default:
		r.environment[name], r.origins[name] = text, path
	}
}

// parse reads a setting as its kind.
func (r *reading) parse(name string, field reflect.StructField) {
	value := reflect.ValueOf(&r.settings).Elem().FieldByIndex(field.Index).Addr().Interface().(encoding.TextUnmarshaler)
	err := value.UnmarshalText([]byte(r.environment[name]))
	if err == nil {
		return
	}
	variable := name
	if origin := r.origins[name]; origin != fromEnvironment && origin != fromDefault {
		variable += "_FILE"
	}
	r.faults[name] = fmt.Errorf("%s: %w; want %s", variable, err, advice(field))
}

// advice tells which values will do.
func advice(field reflect.StructField) string {
	if example := field.Tag.Get("example"); example != "" {
		return accepted[field.Type] + ", such as " + example
	}
	return accepted[field.Type]
}

// err is all that is wrong, in the order of the settings, or nil.
func (r *reading) err() error {
	var faults []error
	for field := range fieldsOf(r.command) {
		faults = append(faults, r.faults[field.Tag.Get("env")])
	}
	if err := errors.Join(append(faults, r.together...)...); err != nil {
		return fmt.Errorf("settings:\n%w", err)
	}
	return nil
}

// fieldsOf are the settings that command reads; those of all commands when it is "".
func fieldsOf(command string) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, field := range reflect.VisibleFields(reflect.TypeFor[settings]()) {
			isRead := command == "" || slices.Contains(strings.Fields(field.Tag.Get("for")), command)
			if field.Tag.Get("env") != "" && isRead && !yield(field) {
				return
			}
		}
	}
}

// readers are the commands that read settings.
func readers() []string {
	found := map[string]bool{}
	for field := range fieldsOf("") {
		for _, command := range strings.Fields(field.Tag.Get("for")) {
			found[command] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
