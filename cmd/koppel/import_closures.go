package main

import (
	"context"
	"errors"
	"fmt"

	"koppel/duo"
	"koppel/onboarding"
	"koppel/store"
)

func importClosures(ctx context.Context, db *store.Store, j job) (report, error) {
	file, err := duo.Closures(j.in)
	if err != nil {
		return report{}, err
	}
	r := report{lines: file.Lines, refused: file.Refused}
	if r.refused, err = refuseUnknown(ctx, db, r.refused, closedInstitutions(file.Rows)); err != nil {
		return r, err
	}
	err = j.write(ctx, db, &r, func(tx *store.Tx) error {
		list, refused, err := j.succession(ctx, tx, file.Rows)
		if err != nil {
			return err
		}
		r.refused = append(r.refused, refused...)
		if len(r.refused) > 0 {
			return errRefused
		}
		if waiting := len(file.Rows) - len(list); waiting > 0 {
			r.remarks = append(r.remarks, fmt.Sprintf("%d lines wait for their day: read the file again then", waiting))
		}
		return j.closeAll(ctx, tx, &r, list)
	})
	duo.SortRefusals(r.refused)
	if errors.Is(err, errRefused) {
		err = nil
	}
	return r, err
}

// errRefused ends the transaction of an import whose lines are refused.
var errRefused = errors.New("lines are refused")

func closedInstitutions(rows []duo.Closure) (lines []wanted) {
	for _, row := range rows {
		lines = append(lines, wanted{row.Line, row.Code, "INSTELLINGSCODE"})
		if row.Successor != "" {
			lines = append(lines, wanted{row.Line, row.Successor, "OPGEGAAN IN"})
		}
	}
	return lines
}

func (j job) closeAll(ctx context.Context, tx *store.Tx, r *report, list []store.Closure) error {
	open, err := tx.OpenInstitutions(ctx)
	if err != nil {
		return err
	}
	if r.tally, err = tx.CloseInstitutions(ctx, list, j.now); err != nil {
		return err
	}
	j.notes.counting(j.kind, "written", len(list)).add(len(list))
	left, err := tx.OpenInstitutions(ctx)
	if err != nil {
		return err
	}
	return j.guard(open-left, open, "open institutions")
}

// succession finds the last successor of each institution whose day has come, and refuses what contradicts the register
// or itself.
func (j job) succession(ctx context.Context, tx *store.Tx, rows []duo.Closure) ([]store.Closure, []duo.Refusal, error) {
	closures := map[onboarding.InstitutionCode]duo.Closure{}
	var codes []onboarding.InstitutionCode
	for _, row := range rows {
		codes = append(codes, row.Code, row.Successor)
		if !row.On.After(j.now) {
			closures[row.Code] = row
		}
	}
	known, err := tx.Standings(ctx, codes)
	if err != nil {
		return nil, nil, err
	}
	var list []store.Closure
	var refused []duo.Refusal
	for _, row := range rows {
		if _, due := closures[row.Code]; !due {
			continue
		}
		last, reason := lastSuccessor(row, closures, known)
		if was := known[row.Code].Successor; reason == "" && was != "" && was != last {
			reason = fmt.Sprintf("OPGEGAAN IN: %s was merged into %s before", row.Code, was)
		}
		if reason != "" {
			refused = append(refused, duo.Refusal{Line: row.Line, Reason: reason})
			continue
		}
		list = append(list, store.Closure{Code: row.Code, On: row.On, Successor: last})
	}
	return list, refused, nil
}

// lastSuccessor follows mergers of this file and of earlier ones to the institution that is there now; "" when there is
// none.
func lastSuccessor(row duo.Closure, closures map[onboarding.InstitutionCode]duo.Closure,
	known map[onboarding.InstitutionCode]store.Standing) (last onboarding.InstitutionCode, reason string) {
	seen := map[onboarding.InstitutionCode]bool{row.Code: true}
	for last = row.Successor; last != ""; {
		if seen[last] {
			return "", fmt.Sprintf("OPGEGAAN IN: the mergers of %s go round in a circle", row.Code)
		}
		seen[last] = true
		next := known[last].Successor
		if closure, closes := closures[last]; closes {
			next = closure.Successor
		}
		if next == "" {
			break
		}
		last = next
	}
	if last == "" {
		return "", ""
	}
	if _, closes := closures[last]; closes || known[last].ClosedOn.Valid {
		return "", fmt.Sprintf("OPGEGAAN IN: %s has closed itself, without a successor", last)
	}
	return last, ""
}
