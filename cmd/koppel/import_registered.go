package main

import (
	"context"

	"koppel/duo"
	"koppel/store"
)

// importRegistered makes one of the registers of addresses equal to a file.
func importRegistered(register store.Register) importer {
	return func(ctx context.Context, db *store.Store, j job) (report, error) {
		file, err := duo.RegisteredAddresses(j.in)
		if err != nil {
			return report{}, err
		}
		var list []store.Registered
		var institutions []wanted
		for _, row := range file.Rows {
			list = append(list, store.Registered{Institution: row.Institution, Email: row.Email})
			institutions = append(institutions, wanted{row.Line, row.Institution, "INSTELLING"})
		}
		r := report{lines: file.Lines}
		if r.refused, err = refuseUnknown(ctx, db, file.Refused, institutions); err != nil || len(r.refused) > 0 {
			return r, err
		}
		return r, j.write(ctx, db, &r, func(tx *store.Tx) error {
			if r.tally, err = tx.ImportRegistered(ctx, register, list); err != nil {
				return err
			}
			j.notes.counting(j.kind, "written", len(list)).add(len(list))
			before := r.tally.Unchanged + r.tally.Changed + r.tally.Removed
			return j.guard(r.tally.Removed, before, string(register))
		})
	}
}
