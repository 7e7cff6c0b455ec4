package main

import (
	"maps"
	"os"
	"strings"
	"testing"
)

// TestBrokenLinesAreAllReportedAndChangeNothing reads a file of each kind with one good line, then a line of each kind
// of fault. What is reported stands beside the file.
func TestBrokenLinesAreAllReportedAndChangeNothing(t *testing.T) {
	i := newImports(t)
	i.town()
	before := i.dump()
	for _, kind := range []string{"boards", "schools", "closures", "accounts", "contacts", "representatives"} {
		name := "testdata/broken/" + kind
		content, err := os.ReadFile(name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		out, err := i.run("", kind, name+".csv")
		if broken := strings.Count(string(content), "\n") - 2; err == nil || strings.Count(out, "\nline ")+1 != broken {
			t.Errorf("%s: %v; want every line but the first refused, and are %d", kind, err, broken)
		}
		if *update {
			if err := os.WriteFile(name+".txt", []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		if out != string(want) {
			t.Errorf("%s:\ngot  %s\nwant %s", kind, out, want)
		}
		if strings.Contains(out, "@") {
			t.Errorf("%s: the report holds an address:\n%s", kind, out)
		}
	}
	if after := i.dump(); !maps.Equal(before, after) {
		t.Error("the database was changed")
	}
}
