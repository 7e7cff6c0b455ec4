package keyfiles

import (
	"encoding"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"koppel/keys"
)

// process is what web and worker read from the folder at their start.
type process struct {
	lookup   keys.Lookup
	pins     keys.Ring
	records  keys.Ring
	receiver keys.Receiver // of a worker
	sender   keys.Handover // of a web
}

func start(t *testing.T, dir string) (p process) {
	t.Helper()
	for path, into := range map[string]encoding.TextUnmarshaler{
		"worker/KOPPEL_LOOKUP_KEY": &p.lookup, "worker/KOPPEL_PIN_KEYS": &p.pins, "web/KOPPEL_RECORD_KEYS": &p.records,
		"worker/KOPPEL_HANDOVER_KEYS": &p.receiver, "web/KOPPEL_HANDOVER_PUBLIC_KEY": &p.sender,
	} {
		content, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if err := into.UnmarshalText([]byte(strings.TrimSpace(string(content)))); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return p
}

// expectUnderstood fails when other cannot read what p makes.
func (p process) expectUnderstood(t *testing.T, by string, other process) {
	t.Helper()
	sealed, err := p.records.Seal("persons/7", []byte("j@school.nl"))
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := other.records.Open("persons/7", sealed); err != nil || string(opened) != "j@school.nl" {
		t.Errorf("%s: a record does not open: %v", by, err)
	}
	form, err := p.sender.Seal("handovers/7", []byte("123456"))
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := other.receiver.Open("handovers/7", form); err != nil || string(opened) != "123456" {
		t.Errorf("%s: a hand-over does not open: %v", by, err)
	}
	pin, err := p.pins.Digits(p.pins.ActiveID(), 6, "case")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := other.pins.Digits(p.pins.ActiveID(), 6, "case"); err != nil || again != pin {
		t.Errorf("%s: a PIN does not fit: %v", by, err)
	}
	if p.lookup.Hash("x") != other.lookup.Hash("x") {
		t.Errorf("%s: identities have other hashes", by)
	}
}

func TestProcessesOfEachStepOfARotationUnderstandThoseOfTheStepBefore(t *testing.T) {
	dir := t.TempDir()
	steps := []struct {
		name   string
		do     func(dir, id string) error
		id     string
		active string
	}{
		{"new", New, "k1", "k1"}, {"add", Add, "k2", "k1"}, {"activate", Activate, "k2", "k2"},
		{"add again", Add, "k3", "k2"}, {"activate again", Activate, "k3", "k3"},
	}
	var started []process
	for i, step := range steps {
		if err := step.do(dir, step.id); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		now := start(t, dir)
		for _, active := range []string{now.pins.ActiveID(), now.records.ActiveID(), now.receiver.IDs()[0], now.sender.IDs()[0]} {
			if active != step.active {
				t.Errorf("%s: %s is active, want %s", step.name, active, step.active)
			}
		}
		if i > 0 {
			now.expectUnderstood(t, step.name+", by those before", started[i-1])
		}
		for _, before := range started {
			before.expectUnderstood(t, step.name, now)
		}
		started = append(started, now)
	}
}

func TestKeysAreForTheirUserOnlyAndNeverOverwritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if err := New(dir, "k1"); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	if err := New(dir, "k2"); err == nil || !maps.Equal(before, contents(t, dir)) {
		t.Errorf("made again: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, Worker, pins)); err != nil {
		t.Fatal(err)
	}
	before = contents(t, dir)
	if err := New(dir, "k2"); err == nil || !maps.Equal(before, contents(t, dir)) {
		t.Errorf("one file was missing, and keys were made: %v", err)
	}
	if err := Add(dir, "k2"); err == nil || !maps.Equal(before, contents(t, dir)) {
		t.Errorf("one file was missing, and a key was added: %v", err)
	}
}

func TestFoldersThatDifferAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := New(dir, "k1"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, Web, records), []byte("k0:"+keys.Generate()), 0o600); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	if err := Add(dir, "k2"); err == nil || !strings.Contains(err.Error(), records) || !maps.Equal(before, contents(t, dir)) {
		t.Errorf("added: %v", err)
	}
}

// contents are those of all files, by path. It checks who may read them.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for folder, names := range Files {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			path := filepath.Join(dir, folder, entry.Name())
			content, err := os.ReadFile(path)
			info, errInfo := entry.Info()
			if err != nil || errInfo != nil || info.Mode().Perm() != 0o600 || !slices.Contains(names, entry.Name()) {
				t.Errorf("%s: mode %v, %v, %v", path, info.Mode(), err, errInfo)
			}
			found[path] = string(content)
		}
	}
	return found
}
