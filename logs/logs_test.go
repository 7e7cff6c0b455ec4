package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func line(t *testing.T, ctx context.Context, attributes ...any) map[string]any {
	t.Helper()
	var out bytes.Buffer
	New(&out).With("part", "p").InfoContext(ctx, "said", attributes...)
	var fields map[string]any
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil {
		t.Fatalf("%s: %v", out.String(), err)
	}
	return fields
}

func TestLineCarriesTheReferenceOfItsCase(t *testing.T) {
	ctx := WithReference(t.Context(), "K3TF-9M2Q")
	if got := line(t, ctx, "cause", errors.New("away")); got["reference"] != "K3TF-9M2Q" || got["cause"] != "away" || got["part"] != "p" {
		t.Errorf("%v", got)
	}
	if got := line(t, ctx, "reference", "AAAA-BBBB"); got["reference"] != "AAAA-BBBB" {
		t.Errorf("%v, want the line's own reference", got)
	}
	if got, has := line(t, t.Context())["reference"]; has {
		t.Errorf("reference %v without a case", got)
	}
}

func TestAttributeThatIsNotOnTheListIsLeftOut(t *testing.T) {
	if got := line(t, t.Context(), "email", "jane@regenboog.example")["email"]; got != leftOut {
		t.Errorf("email %v", got)
	}
}

// TestEveryAttributeInTheProgramIsOnTheList reads the sources: what follows the message of a log call, in pairs.
func TestEveryAttributeInTheProgramIsOnTheList(t *testing.T) {
	calls := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && slices.Contains([]string{"devstack", "tools", ".git", "node_modules"}, entry.Name()) {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, isCall := node.(*ast.CallExpr)
			if isCall {
				calls += checkCall(t, path, call)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls < 8 {
		t.Errorf("%d log calls found: this test does not look where they are", calls)
	}
}

// levels are the methods of a logger that take pairs, and how many arguments come before these.
var levels = map[string]int{"DebugContext": 2, "InfoContext": 2, "WarnContext": 2, "ErrorContext": 2, "Info": 1, "Warn": 1}

func checkCall(t *testing.T, path string, call *ast.CallExpr) int {
	method, isMethod := call.Fun.(*ast.SelectorExpr)
	if !isMethod || levels[method.Sel.Name] == 0 || len(call.Args) <= levels[method.Sel.Name] {
		return 0
	}
	for i := levels[method.Sel.Name]; i < len(call.Args); i += 2 {
		literal, isLiteral := call.Args[i].(*ast.BasicLit)
		if !isLiteral {
			t.Errorf("%s: the name of an attribute is not a literal", path)
			continue
		}
		if name, err := strconv.Unquote(literal.Value); err != nil || !names[name] {
			t.Errorf("%s: attribute %s is not on the list", path, literal.Value)
		}
	}
	return 1
}
