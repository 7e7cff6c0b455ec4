package koppel

import (
	"errors"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// timed are the folders whose waits and pools docs/operators.md states, by the name of their package there.
var timed = map[string]string{"store": "store", "web": "web", "worker": "worker", "mail": "mail", "health": "health",
	"eherkenning": "eherkenning", "workflows": "workflows", "koppel": "cmd/koppel"}

// elsewhere are durations that are no waits: rules, told where they belong.
var elsewhere = map[string]bool{"eherkenning.clockSkew": true, "eherkenning.messageLife": true, "store.clockLeeway": true}

func TestOperatorsReadTheTimesOfTheCode(t *testing.T) {
	told := timesTold(t)
	for name, folder := range timed {
		scope := constants(t, folder)
		for _, found := range scope.Names() {
			fixed, isConst := scope.Lookup(found).(*types.Const)
			full := name + "." + found
			if isConst && fixed.Type().String() == "time.Duration" && told[full] == nil && !elsewhere[full] {
				t.Errorf("%s is in no row of docs/operators.md", full)
			}
			if isConst && told[full] != nil && !constant.Compare(told[full], token.EQL, fixed.Val()) {
				t.Errorf("docs/operators.md says that %s is %s, the code %s", full, told[full], fixed.Val())
			}
			delete(told, full)
		}
	}
	for full := range told {
		t.Errorf("docs/operators.md names %s, which is not there", full)
	}
}

// timesTold are the rows of the table in docs/operators.md.
func timesTold(t *testing.T) map[string]constant.Value {
	t.Helper()
	page, err := os.ReadFile("docs/operators.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Times and pools\n")
	section, _, _ = strings.Cut(section, "\n## ")
	told := map[string]constant.Value{}
	for _, row := range regexp.MustCompile("(?m)^\\|.*\\| ([^|]+) \\| `([a-z]+\\.[A-Za-z]+)` \\|$").FindAllStringSubmatch(section, -1) {
		told[row[2]] = value(t, row[1])
	}
	if len(told) < 20 {
		t.Fatalf("found only %d rows", len(told))
	}
	return told
}

// value reads a number, or a duration as people write it.
func value(t *testing.T, text string) constant.Value {
	t.Helper()
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return constant.MakeInt64(n)
	}
	d, err := time.ParseDuration(strings.NewReplacer(" min", "m", " ", "").Replace(text))
	if err != nil {
		t.Fatal(err)
	}
	return constant.MakeInt64(int64(d))
}

// constants type-checks a folder as far as its constants go: of all it imports, only time is known.
func constants(t *testing.T, folder string) *types.Scope {
	t.Helper()
	paths, err := filepath.Glob(folder + "/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v", folder, err)
	}
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	config := types.Config{Importer: onlyTime{}, Error: func(error) {}, IgnoreFuncBodies: true}
	checked, _ := config.Check(folder, files, parsed, nil) // what it does not know are no constants
	return checked.Scope()
}

// onlyTime imports the units of time and nothing else.
type onlyTime struct{}

// Import implements types.Importer.
func (onlyTime) Import(path string) (*types.Package, error) {
	if path != "time" {
		return nil, errors.New("not needed for constants")
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "time.go", `package time
		type Duration int64
		const (
			Nanosecond  Duration = 1
			Microsecond = 1000 * Nanosecond
			Millisecond = 1000 * Microsecond
			Second      = 1000 * Millisecond
			Minute      = 60 * Second
			Hour        = 60 * Minute
		)`, 0)
	if err != nil {
		return nil, err
	}
	return (&types.Config{}).Check("time", files, []*ast.File{file}, nil)
}
