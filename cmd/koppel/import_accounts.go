package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"koppel/activities"
	"koppel/duo"
	"koppel/passwords"
	"koppel/store"
)

// importAccounts wraps the old digests at the given cost.
func importAccounts(cost passwords.Params) importer {
	return func(ctx context.Context, db *store.Store, j job) (report, error) {
		file, err := duo.Accounts(j.in)
		if err != nil {
			return report{}, err
		}
		digests, refused := parseDigests(file)
		if refused, err = refuseUnknown(ctx, db, refused, accountInstitutions(file.Rows)); err != nil {
			return report{}, err
		}
		r := report{lines: file.Lines, refused: refused}
		if len(refused) > 0 {
			return r, nil
		}
		list, err := wrapAll(ctx, db, file.Rows, wrapping{cost, digests, j})
		if err != nil {
			return r, err
		}
		return r, j.write(ctx, db, &r, func(tx *store.Tx) error {
			return batches(j, &r, list, func(batch []store.OldAccount) (store.Tally, error) {
				return tx.ImportAccounts(ctx, batch)
			})
		})
	}
}

// parseDigests returns the digests of the rows that have one and all lines refused so far.
func parseDigests(file duo.File[duo.Account]) ([]passwords.Digest, []duo.Refusal) {
	refused := file.Refused
	var digests []passwords.Digest
	for _, row := range file.Rows {
		digest, err := passwords.ParseDigest(row.Password)
		if err != nil {
			refused = append(refused, duo.Refusal{Line: row.Line, Reason: "WACHTWOORD: " + err.Error()})
		}
		digests = append(digests, digest)
	}
	return digests, refused
}

func accountInstitutions(rows []duo.Account) (lines []wanted) {
	for _, row := range rows {
		lines = append(lines, wanted{row.Line, row.Institution, "INSTELLING"})
	}
	return lines
}

type wrapping struct {
	cost    passwords.Params
	digests []passwords.Digest // of the rows
	job     job
}

// wrapAll makes the accounts to store. It hashes before the transaction, which thus is short.
func wrapAll(ctx context.Context, db *store.Store, rows []duo.Account, w wrapping) ([]store.OldAccount, error) {
	list := make([]store.OldAccount, len(rows))
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = activities.UsernameKey(row.Username)
		list[i] = store.OldAccount{Username: row.Username, UsernameKey: keys[i], Email: row.Email, Institution: row.Institution}
	}
	known, err := db.KnownAccounts(ctx, keys)
	if err != nil {
		return nil, err
	}
	count := w.job.notes.counting("passwords", "hashed or compared", len(rows))
	count.every = noteEveryPassword
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // package passwords works on no more at once
	for i := range rows {
		group.Go(func() (err error) {
			list[i].PasswordHash, err = w.storedPassword(ctx, known[keys[i]], w.digests[i])
			count.add(1)
			return err
		})
	}
	return list, group.Wait()
}

// storedPassword is empty when the account keeps what it has: it is or was linked, or made from this digest.
// On a dry run nothing is made that would be thrown away.
func (w wrapping) storedPassword(ctx context.Context, known store.KnownAccount, digest passwords.Digest) (string, error) {
	if known.Ended {
		return "", nil
	}
	if known.PasswordHash != "" {
		same, err := passwords.Wraps(ctx, known.PasswordHash, digest)
		if same || err != nil {
			return "", err
		}
	}
	if w.job.dryRun {
		return "dry run", nil
	}
	return w.cost.Wrap(ctx, digest)
}
