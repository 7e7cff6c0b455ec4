package koppel

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheToelichtingIsProvenByTestsThatExist keeps docs/source-coverage.md true: every row names tests, and all of them
// are there.
func TestTheToelichtingIsProvenByTestsThatExist(t *testing.T) {
	exists := tests(t)
	page, err := os.ReadFile("docs/source-coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (.+) \| (.+) \|$`).FindAllStringSubmatch(string(page), -1)
	sentences, named := 0, map[string]bool{}
	for _, row := range rows[1:] {
		if strings.HasPrefix(row[1], "---") {
			continue
		}
		sentences++
		tests := namedTest.FindAllStringSubmatch(row[2], -1)
		if len(tests) == 0 {
			t.Errorf("no test proves: %s", row[1])
		}
		for _, test := range tests {
			named[test[1]] = true
			if !exists[test[1]] {
				t.Errorf("%s is no test; it is to prove: %s", test[1], row[1])
			}
		}
	}
	t.Logf("%d sentences, proven by %d tests", sentences, len(named))
}
