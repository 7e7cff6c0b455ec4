package main

import (
	"context"
	"fmt"
	"strings"

	"koppel/duo"
	"koppel/onboarding"
	"koppel/store"
)

func importBoards(ctx context.Context, db *store.Store, j job) (report, error) {
	file, err := duo.Boards(j.in)
	if err != nil {
		return report{}, err
	}
	var list []store.Institution
	for _, b := range file.Rows {
		list = append(list, store.Institution{Code: b.Number, Name: b.Name, Place: b.Place, KvK: b.KvK})
	}
	return j.writeInstitutions(ctx, db, report{lines: file.Lines, refused: file.Refused}, onboarding.Board, list)
}

func importSchools(ctx context.Context, db *store.Store, j job) (report, error) {
	file, err := duo.Schools(j.in)
	if err != nil {
		return report{}, err
	}
	var list []store.Institution
	var boards []wanted
	for _, s := range file.Rows {
		list = append(list, store.Institution{Code: s.BRIN, Name: s.Name, Place: s.Place, Board: s.Board})
		boards = append(boards, wanted{s.Line, s.Board, "BEVOEGD GEZAG NUMMER"})
	}
	refused, err := refuseUnknown(ctx, db, file.Refused, boards)
	if err != nil {
		return report{}, err
	}
	return j.writeInstitutions(ctx, db, report{lines: file.Lines, refused: refused}, onboarding.School, list)
}

func (j job) writeInstitutions(ctx context.Context, db *store.Store, r report, kind onboarding.InstitutionKind, list []store.Institution) (report, error) {
	if len(r.refused) > 0 {
		return r, nil
	}
	err := j.write(ctx, db, &r, func(tx *store.Tx) error {
		missing, err := tx.MissingInstitutions(ctx, kind, codesOf(list))
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			r.remarks = append(r.remarks, fmt.Sprintf("%d open ones are not in this file and stay as they are: %s", len(missing), listed(missing)))
		}
		return batches(j, &r, list, func(batch []store.Institution) (store.Tally, error) {
			return tx.ImportInstitutions(ctx, batch, j.now)
		})
	})
	return r, err
}

func codesOf(list []store.Institution) []onboarding.InstitutionCode {
	codes := make([]onboarding.InstitutionCode, len(list))
	for i, in := range list {
		codes[i] = in.Code
	}
	return codes
}

const mostListed = 50 // codes; the rest of the country's is no news

func listed(codes []onboarding.InstitutionCode) string {
	var names []string
	for _, code := range codes[:min(len(codes), mostListed)] {
		names = append(names, string(code))
	}
	if len(codes) > mostListed {
		names = append(names, "…")
	}
	return strings.Join(names, " ")
}
