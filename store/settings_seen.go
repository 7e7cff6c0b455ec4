package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"koppel/onboarding"
)

// NoteSettings remembers what a program starts with and audits the names of the settings that differ from its last
// start. hashes are keyed and by name; the first start of all has nothing to differ from.
func (s *Store) NoteSettings(ctx context.Context, program string, hashes map[string]string, now time.Time) error {
	return s.Transact(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, `lock table settings_seen in share row exclusive mode`); err != nil {
			return translate("lock settings", err)
		}
		before, err := tx.settingsSeen(ctx, program)
		if err != nil || maps.Equal(before, hashes) {
			return err
		}
		if err := tx.saveSettings(ctx, program, hashes); err != nil || len(before) == 0 {
			return err
		}
		return tx.Audit(ctx, Event{At: now, Name: onboarding.SettingsChanged,
			Detail: map[string]any{"program": program, "settings": different(before, hashes)}})
	})
}

func (t *Tx) settingsSeen(ctx context.Context, program string) (map[string]string, error) {
	var rows []struct {
		Name string `db:"name"`
		Hash string `db:"hash"`
	}
	err := t.tx.SelectContext(ctx, &rows, `select name, hash from settings_seen where program = $1`, program)
	seen := map[string]string{}
	for _, row := range rows {
		seen[row.Name] = row.Hash
	}
	return seen, translate("read settings", err)
}

func (t *Tx) saveSettings(ctx context.Context, program string, hashes map[string]string) error {
	if _, err := t.tx.ExecContext(ctx, `delete from settings_seen where program = $1`, program); err != nil {
		return translate("forget settings", err)
	}
	for name, hash := range hashes {
		_, err := t.tx.ExecContext(ctx, `insert into settings_seen (program, name, hash) values ($1, $2, $3)`, program, name, hash)
		if err != nil {
			return translate("save settings", err)
		}
	}
	return nil
}

// different lists the names that are in one of the two only, or have another hash.
func different(a, b map[string]string) (names []string) {
	for name, hash := range a {
		if other, has := b[name]; !has || other != hash {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, has := a[name]; !has {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
