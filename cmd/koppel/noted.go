package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"koppel/store"
)

// noteAgain is how soon a note is tried again that could not be written.
const noteAgain = 10 * time.Second

// noteSettings tells the audit which settings have changed since the program last started. The start does not wait for
// it: the database may be away.
func noteSettings(ctx context.Context, program string, database *store.Store, log *slog.Logger) {
	hashes := read(program, os.Environ()).hashes()
	for {
		err := database.NoteSettings(ctx, program, hashes, time.Now())
		if err == nil {
			return
		}
		log.WarnContext(ctx, "settings not noted yet", "cause", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(noteAgain):
		}
	}
}

// hashes are what may be remembered of the settings: whether one is another, not what it is.
func (r *reading) hashes() map[string]string {
	hashes := map[string]string{}
	for field := range fieldsOf(r.command) {
		if name := field.Tag.Get("env"); r.origins[name] != "" {
			hashes[name] = r.settings.LookupKey.Hash("setting", name, r.environment[name])
		}
	}
	return hashes
}
