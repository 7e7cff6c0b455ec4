package main

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/settings.md and the golden files anew")

const settingsPage = "../../docs/settings.md"

const settingsIntroduction = `# Settings

koppel reads its settings from the environment when it starts, and reports all that are missing or wrong together. Each
can be given as a file too: ` + "`NAME_FILE`" + ` holds its path. What is empty is as if it were not there; white space around the
content of a file is dropped. A command reads its own settings only.

` + "`koppel settings web`" + ` (or another command) shows what it would start with, and where each value is from.
` + "`koppel keys new DIR`" + ` makes the keys.

This page is made from ` + "`cmd/koppel/settings.go`" + ` by ` + "`go generate ./cmd/koppel`" + `.
`

// The sections of the page, each with the prefix of its settings.
var sections = []struct{ prefix, text string }{
	{"", "\n## koppel\n"},
	{"TEMPORAL_", `
## Temporal

These are the settings of Temporal's SDK, so what works for its other tools works here. Temporal Cloud needs the address,
the namespace, and an API key or the certificate and key of mutual TLS. Headers for a proxy are
` + "`TEMPORAL_GRPC_META_<NAME>`" + `.
`},
}

func TestSettingsPageIsUpToDate(t *testing.T) {
	want := settingsIntroduction
	comments := commentsOfFields(t)
	for i, section := range sections {
		want += section.text + "\n| Name | Of | What | Value | Default |\n| --- | --- | --- | --- | --- |\n"
		for field := range fieldsOf("") {
			if strings.HasPrefix(field.Tag.Get("env"), sections[1].prefix) == (i == 1) {
				want += settingsRow(t, field, comments[field.Name])
			}
		}
	}
	if *update {
		if err := os.WriteFile(settingsPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(settingsPage); err != nil || string(got) != want {
		t.Errorf("docs/settings.md differs from settings.go: run go generate ./cmd/koppel (%v)", err)
	}
}

func settingsRow(t *testing.T, field reflect.StructField, comment string) string {
	t.Helper()
	name := field.Tag.Get("env")
	if comment == "" || (field.Tag.Get("optional") != "" && field.Tag.Get("envDefault") != "") {
		t.Errorf("%s: no comment, or both optional and with a default", name)
	}
	value := accepted[field.Type]
	if example := field.Tag.Get("example"); example != "" {
		value += "; `" + example + "`"
	}
	if field.Tag.Get("secret") != "" {
		value += "; **secret**"
	}
	missing := "needed"
	if field.Tag.Get("optional") != "" {
		missing = "none"
	}
	if byDefault := field.Tag.Get("envDefault"); byDefault != "" {
		missing = "`" + byDefault + "`"
	}
	readers := strings.Join(strings.Fields(field.Tag.Get("for")), ", ")
	escape := strings.NewReplacer("|", `\|`, "<", `\<`)
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s |\n", name, readers, escape.Replace(comment), escapeOutsideCode(value), missing)
}

// escapeOutsideCode keeps Markdown from taking <index> for a tag.
func escapeOutsideCode(text string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], "<", `\<`)
	}
	return strings.Join(parts, "`")
}

// commentsOfFields are the comments in settings.go, by field, on one line.
func commentsOfFields(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "settings.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		if field, isField := node.(*ast.Field); isField && len(field.Names) == 1 {
			text := cmp.Or(field.Doc, field.Comment).Text()
			comments[field.Names[0].Name] = strings.Join(strings.Fields(text), " ")
		}
		return true
	})
	return comments
}
