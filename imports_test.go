// Package koppel holds the rules that bind all packages of the module; they exist as tests only.
package koppel

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed lists which packages of the module each package may import. Arrows point inward: cmd wires, web and worker
// do not know each other, store and mail do not either, and the domain knows nobody.
var allowed = map[string][]string{
	"bounces":                {"activities", "onboarding", "store", "workflows"},
	"cmd/koppel":             {"activities", "bounces", "duo", "eherkenning", "health", "helpdesk", "keys", "keys/keyfiles", "logs", "mail", "messages", "onboarding", "passwords", "store", "telemetry", "web", "worker", "workflows"},
	"web":                    {"bounces", "eherkenning", "health", "helpdesk", "keys", "logs", "messages", "onboarding", "passwords", "store", "workflows"},
	"worker":                 {"activities", "onboarding", "workflows"},
	"workflows":              {"activities", "helpdesk", "onboarding"},
	"activities":             {"helpdesk", "keys", "logs", "mail", "messages", "onboarding", "passwords", "store"},
	"helpdesk":               {"keys", "onboarding", "store"},
	"store":                  {"onboarding"},
	"mail":                   {"messages", "onboarding"},
	"eherkenning":            {"onboarding"},
	"duo":                    {"onboarding", "passwords"},
	"eherkenning/brokertest": {},
	"mail/mailtest":          {},
	"store/schematest":       {"store", "store/storetest"},
	"store/storetest":        {"store/storetest/child"},
	"store/storetest/child":  {},
	"health":                 {},
	"faults":                 {},
	"passwords":              {},
	"keys":                   {},
	"keys/keyfiles":          {"keys"},
	"logs":                   {},
	"telemetry":              {},
	"messages":               {},
	"onboarding":             {},
}

// standardOnly lists the packages that use nothing but the standard library.
var standardOnly = []string{"health", "onboarding", "messages", "keys", "logs"}

func TestImportsPointInward(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{"devstack", "tools", ".git", "node_modules"}, entry.Name()) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			checkImports(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, path string) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	from := filepath.ToSlash(filepath.Dir(path))
	inward, known := allowed[from]
	if !known {
		t.Errorf("%s: package %s has no line in the table of this test", path, from)
	}
	for _, spec := range file.Imports {
		to, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		inner, own := strings.CutPrefix(to, "koppel/")
		switch {
		case own && !slices.Contains(inward, inner):
			t.Errorf("%s imports %s", path, to)
		case !own && strings.Contains(to, ".") && slices.Contains(standardOnly, from):
			t.Errorf("%s imports %s: only the standard library is allowed", path, to)
		}
	}
}
