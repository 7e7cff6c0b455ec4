package main

import (
	"bytes"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"koppel/keys/keyfiles"
)

func runKeys(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := rootCommand(slog.New(slog.DiscardHandler))
	root.SetArgs(append([]string{"keys"}, arguments...))
	root.SetOut(&out)
	err := root.Execute()
	return out.String(), err
}

func TestOneCommandMakesTheKeysOfBothPrograms(t *testing.T) {
	dir := t.TempDir() + "/keys"
	printed, err := runKeys(t, "new", dir, "--id", "k1")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{keyfiles.Web, keyfiles.Worker} {
		environment := complete(t)
		maps.DeleteFunc(environment, func(name, _ string) bool { return slices.Contains(keyfiles.Files[folder], name) })
		_, section, _ := strings.Cut(printed, "# "+folder+"\n")
		section, _, _ = strings.Cut(section, "#")
		for _, each := range strings.Fields(section) {
			name, path, _ := strings.Cut(each, "=")
			environment[name] = path
		}
		s, err := readSettings(folder, list(environment))
		if err != nil {
			t.Errorf("%s does not start with what keys new printed: %v\n%s", folder, err, printed)
		}
		if s.RecordKeys.ActiveID() != "k1" {
			t.Errorf("%s: the active record key is %q", folder, s.RecordKeys.ActiveID())
		}
	}
}

func TestEachFolderHasTheKeysThatItsCommandReads(t *testing.T) {
	for folder, names := range keyfiles.Files {
		var want []string
		for field := range fieldsOf(folder) {
			if strings.Contains(accepted[field.Type], "koppel keys new") {
				want = append(want, field.Tag.Get("env"))
			}
		}
		if got := slices.Sorted(slices.Values(names)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s: has %v, want %v", folder, got, want)
		}
	}
}

func TestRotationByCommands(t *testing.T) {
	dir := t.TempDir()
	for _, step := range []struct {
		arguments []string
		refused   string
	}{
		{[]string{"add", dir, "--id", "k2"}, "no such file"},
		{[]string{"new", dir, "--id", "k1"}, ""},
		{[]string{"new", dir, "--id", "k2"}, "stands there already: no key was made"},
		{[]string{"activate", dir, "k2"}, "add it first"},
		{[]string{"add", dir, "--id", "k1"}, "choose another id"},
		{[]string{"add", dir, "--id", "k2"}, ""},
		{[]string{"activate", dir, "k2"}, ""},
		{[]string{"activate", dir, "k2"}, ""},
		{[]string{"add", dir, "--id", "a:b"}, "id"},
	} {
		_, err := runKeys(t, step.arguments...)
		if (err == nil) != (step.refused == "") || (err != nil && !strings.Contains(err.Error(), step.refused)) {
			t.Errorf("%v: want %q, got %v", step.arguments, step.refused, err)
		}
	}
}
