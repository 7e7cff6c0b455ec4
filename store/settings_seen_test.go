package store

import "testing"

func TestChangedSettingsAreAuditedByName(t *testing.T) {
	s := importStore(t)
	for _, start := range []map[string]string{
		{"A": "1", "B": "1"}, // the first one
		{"A": "1", "B": "1"}, // the same
		{"A": "2", "C": "1"},
		{"A": "2", "C": "1"},
	} {
		if err := s.NoteSettings(t.Context(), "web", start, today); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.NoteSettings(t.Context(), "worker", map[string]string{"A": "9"}, today); err != nil {
		t.Fatal(err)
	}
	var told []string
	if err := s.db.Select(&told, `select detail::text from audit where event = 'settings.changed'`); err != nil {
		t.Fatal(err)
	}
	if want := `{"program": "web", "settings": ["A", "B", "C"]}`; len(told) != 1 || told[0] != want {
		t.Errorf("the audit has %q, want %s", told, want)
	}
}
