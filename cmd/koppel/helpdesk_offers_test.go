package main

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"koppel/workflows"
)

// TestEveryCommandInTheDetailsExists types what Temporal UI tells agents to type.
func TestEveryCommandInTheDetailsExists(t *testing.T) {
	root := &cobra.Command{Use: "koppel"}
	root.AddCommand(helpdeskCommand(newCounter("helpdesk", slog.New(slog.DiscardHandler))))
	for _, offer := range workflows.Offers() {
		words := strings.Fields(offer.Command)
		found, rest, err := root.Find(words)
		names := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return strings.ToUpper(word) == word })
		if err != nil || found.CommandPath() != "koppel "+strings.Join(names, " ") {
			t.Errorf("koppel %s: found %q, %v", offer.Command, found.CommandPath(), err)
			continue
		}
		if err := found.ValidateArgs(rest); err != nil {
			t.Errorf("koppel %s: %v", offer.Command, err)
		}
	}
}
