package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"koppel/eherkenning/brokertest"
)

// TestPeopleExist compares the guide with the broker and with the accounts that the demo imports.
func TestPeopleExist(t *testing.T) {
	accounts, err := os.ReadFile("../../sample/accounts.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		known := slices.ContainsFunc(brokertest.Personas(), func(persona brokertest.Persona) bool { return persona.Username == p.broker })
		if !known {
			t.Errorf("the broker knows no %s", p.broker)
		}
		username, _, _ := strings.Cut(p.account, " / ")
		if username != "" && !strings.Contains(string(accounts), "\n"+username+";") {
			t.Errorf("%s: there is no account %s to import", p.broker, username)
		}
	}
	if len(people) != len(brokertest.Personas()) {
		t.Errorf("the guide has %d people, the broker %d", len(people), len(brokertest.Personas()))
	}
}
