package main

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"koppel/duo"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// list makes the codes of a list of institutions.
func (i issuing) list(cmd *cobra.Command, path, letters string) error {
	in, err := openInput(path, cmd.InOrStdin())
	if err != nil {
		return err
	}
	defer in.Close()
	file, err := duo.Institutions(i.notes.reading("institutions", in))
	if err != nil {
		return err
	}
	to, err := i.addressees(cmd, &file)
	if err != nil {
		return err
	}
	for _, refusal := range file.Refused {
		fmt.Fprintf(cmd.OutOrStdout(), "line %d: %s\n", refusal.Line, refusal.Reason)
	}
	if len(file.Refused) > 0 {
		return fmt.Errorf("%d lines refused", len(file.Refused))
	}
	if _, err := i.issue(cmd.Context(), to, letters, writeLetters); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d lines read, %d codes made\n", file.Lines, len(to))
	return nil
}

// addressees are the institutions of a list; it refuses the lines of those that no letter can go to.
func (i issuing) addressees(cmd *cobra.Command, file *duo.File[duo.Listed]) (to []store.Addressee, err error) {
	var codes []onboarding.InstitutionCode
	for _, listed := range file.Rows {
		codes = append(codes, listed.Institution)
	}
	known, err := i.db.Addressees(cmd.Context(), codes)
	for _, listed := range file.Rows {
		if reason := unaddressed(known, listed.Institution); reason != "" {
			file.Refused = append(file.Refused, duo.Refusal{Line: listed.Line, Reason: "INSTELLING: " + reason})
			continue
		}
		to = append(to, known[listed.Institution])
	}
	duo.SortRefusals(file.Refused)
	return to, err
}

// writeLetters writes what the letters need, for a printer that has the letter itself.
func writeLetters(out io.Writer, made []issued) error {
	w := csv.NewWriter(out)
	w.Comma = ';'
	w.Write([]string{"INSTELLING", "NAAM", "PLAATS", "ACTIVATIECODE", "GELDIG TOT"})
	for _, each := range made {
		w.Write([]string{string(each.Code), each.Name, each.Place, each.code.Printed(), messages.Date(messages.Dutch, each.expires)})
	}
	w.Flush()
	return w.Error()
}
