package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"koppel/logs"
)

func TestRequestLineSaysWhichCaseAndNothingElseOfTheVisitor(t *testing.T) {
	var log bytes.Buffer
	w := newWorld(t, func(s *Settings) { s.Log = logs.New(&log) })
	b := w.browser()
	b.login("jane").redirects(linkPath)
	log.Reset()
	b.get(linkPath + "?from=jane%40regenboog.example").expect(http.StatusOK)
	b.get("/jane@regenboog.example").expect(http.StatusNotFound)
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	var first, second map[string]any
	w.must(json.Unmarshal([]byte(lines[0]), &first))
	w.must(json.Unmarshal([]byte(lines[1]), &second))
	var names []string
	for name := range first {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"duration", "level", "method", "msg", "reference", "route", "status", "time"}; !slices.Equal(names, want) {
		t.Errorf("attributes %v, want %v", names, want)
	}
	if first["route"] != linkPath || first["status"] != 200.0 || len(first["reference"].(string)) != 9 || first["reference"] != second["reference"] {
		t.Errorf("%v, then %v", first, second)
	}
	for _, secret := range []string{"regenboog.example", strings.Split(b.address, ":")[0]} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %s:\n%s", secret, log.String())
		}
	}
}
