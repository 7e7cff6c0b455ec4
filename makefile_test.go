package koppel

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWhatRunsWithoutTheRaceDetectorRunsSomewhere: a name in tables of the Makefile is left out everywhere and run in
// four packages, so that it must be of a test of one of these, and of no other.
func TestWhatRunsWithoutTheRaceDetectorRunsSomewhere(t *testing.T) {
	places := map[string][]string{}
	files, err := filepath.Glob("*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob("*/*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.Concat(files, deeper) {
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(read(t, file), -1) {
			if !strings.HasPrefix(file, "devstack/") {
				places[found[1]] = append(places[found[1]], filepath.Dir(file))
			}
		}
	}
	_, tables, _ := strings.Cut(read(t, "Makefile"), "\ntables = ")
	tables, rest, _ := strings.Cut(tables, "\n\n")
	_, rule, _ := strings.Cut(rest, "\ntest-tables:\n")
	rule, _, _ = strings.Cut(rule, "\n")
	names, packages := regexp.MustCompile(`Test\w+`).FindAllString(tables, -1), regexp.MustCompile(`\./[\w/]+`).FindAllString(rule, -1)
	if len(names) == 0 || len(packages) == 0 {
		t.Fatal("the Makefile names no tables, or no packages to run them in")
	}
	for _, name := range names {
		if in := places[name]; len(in) != 1 || !slices.Contains(packages, "./"+in[0]) {
			t.Errorf("%s is a test of %v, want one of %v", name, in, packages)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
