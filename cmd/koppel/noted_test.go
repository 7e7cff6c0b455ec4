package main

import "testing"

func TestHashesOfSettingsTellThatOneChangedAndNotWhatItIs(t *testing.T) {
	environment := complete(t)
	before := read("worker", list(environment)).hashes()
	environment["KOPPEL_HELPDESK_PHONE"] = "0800 0001"
	after := read("worker", list(environment)).hashes()
	if len(before) < 8 || len(before) != len(after) {
		t.Fatalf("%d settings before, %d after", len(before), len(after))
	}
	for name, hash := range before {
		if changed := after[name] != hash; changed != (name == "KOPPEL_HELPDESK_PHONE") {
			t.Errorf("%s: changed is %v", name, changed)
		}
		if hash == environment[name] || len(hash) != 32 {
			t.Errorf("%s is remembered as %q", name, hash)
		}
	}
}
