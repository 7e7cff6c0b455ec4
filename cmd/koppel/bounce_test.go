package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"koppel/bounces"
	"koppel/store"
)

// Mail servers go by the exit code alone. What cannot be reached here stands for what is away.
func TestExitCodesOfBounce(t *testing.T) {
	database, err := store.Open("postgres://nobody@127.0.0.1:1/none?sslmode=disable&connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	desk := bounces.Desk{Store: database}
	for name, want := range map[string]int{"postfix": 75, "gaveup": 75, "outofoffice": 65, "delayed": 0, "delivered": 0} {
		message, err := os.ReadFile("../../bounces/testdata/" + name + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err = takeBounce(t.Context(), desk, bytes.NewReader(message), &out)
		got := 0
		if err != nil {
			got = exitCode(err)
		}
		if got != want || err == nil && !strings.HasPrefix(out.String(), "ignored ") {
			t.Errorf("%s: ended with %d (%v, %q), want %d", name, got, err, out.String(), want)
		}
	}
	if got := exitCode(errors.New("any")); got != 1 {
		t.Errorf("other errors end with %d, want 1", got)
	}
}

func TestBounceWithoutSettingsIsTriedAgain(t *testing.T) {
	t.Setenv("KOPPEL_DATABASE_URL", "")
	command := bounceCommand()
	command.SetArgs(nil)
	command.SetIn(strings.NewReader(""))
	if err := command.ExecuteContext(t.Context()); err == nil || exitCode(err) != exitTryLater || !strings.Contains(err.Error(), "KOPPEL_DATABASE_URL") {
		t.Errorf("ended with %v", err)
	}
}
