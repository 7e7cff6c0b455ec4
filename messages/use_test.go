package messages

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// folders are where keys are written down.
var folders = []string{"../web", "../mail", "../onboarding", "../workflows", "../activities"}

var (
	quoted = regexp.MustCompile(`"([a-z][a-z0-9]*(?:\.[a-z0-9]+)*\.?)"`)
	dotted = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9]+)+$`)
)

// quotedWords are the words between quotes in the program and its templates, where keys stand among others.
func quotedWords(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	collect := func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{"ui", "static", "testdata"}, entry.Name()) {
			return filepath.SkipDir
		}
		if extension := filepath.Ext(path); extension != ".go" && extension != ".html" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		for _, match := range quoted.FindAllStringSubmatch(string(content), -1) {
			found[match[1]] = path
		}
		return err
	}
	for _, folder := range folders {
		if err := filepath.WalkDir(folder, collect); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// TestKeysInTheProgramHaveSentences takes for a key what starts like one. A page of its own is named without .h.
func TestKeysInTheProgramHaveSentences(t *testing.T) {
	first := regexp.MustCompile(`^(e|p|st|in|go|link|fg|fs|rs|rd|pin|home|change|my|new|not|ok|menu|out|help|ref|foot|step|fields|summary|time|other|pw|user|m[0-9]?|toelichting|contact|privacy|licenties)\.`)
	audited := regexp.MustCompile(`^pin\.(requested|right|wrong|locked|ended|replaced)$`) // names of events in the audit trail
	for key, path := range quotedWords(t) {
		if !dotted.MatchString(key) || !first.MatchString(key) || audited.MatchString(key) {
			continue
		}
		if !Has(key) && !Has(key+".h") {
			t.Errorf("%s: no sentence under %s", path, key)
		}
	}
}

// TestStatusPagesAreComplete: a page has its heading, its text and the words of its button.
func TestStatusPagesAreComplete(t *testing.T) {
	for key := range quotedWords(t) {
		if !strings.HasPrefix(key, "p.") || strings.Count(key, ".") != 1 {
			continue
		}
		for _, part := range []string{".h", ".p", ".a"} {
			if !Has(key + part) {
				t.Errorf("no sentence under %s", key+part)
			}
		}
	}
}

// TestEverySentenceIsSaid: a key, or a beginning of it, stands somewhere in the program.
func TestEverySentenceIsSaid(t *testing.T) {
	words := quotedWords(t)
	for key := range texts[Dutch] {
		if !said(words, key) {
			t.Errorf("nothing says %s", key)
		}
	}
}

func said(words map[string]string, key string) bool {
	if words[key] != "" {
		return true
	}
	for at, r := range key {
		if r == '.' && (words[key[:at]] != "" || words[key[:at+1]] != "") {
			return true
		}
	}
	return false
}
