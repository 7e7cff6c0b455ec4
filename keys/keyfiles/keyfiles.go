// Package keyfiles owns the folder of an installation's keys: it makes them and rotates them. The folder web/ has what
// koppel web needs, worker/ what koppel worker needs; a file has the name of its setting.
//
// It does not use the keys: that is package keys. No key is ever overwritten or taken away.
package keyfiles

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"koppel/keys"
)

// Folders, by the command that reads them.
const (
	Web    = "web"
	Worker = "worker"
)

// Files are the names in each folder.
var Files = map[string][]string{
	Web:    {lookup, records, handoverPublic},
	Worker: {lookup, pins, records, handover},
}

const (
	lookup         = "KOPPEL_LOOKUP_KEY"
	pins           = "KOPPEL_PIN_KEYS"
	records        = "KOPPEL_RECORD_KEYS"
	handover       = "KOPPEL_HANDOVER_KEYS"
	handoverPublic = "KOPPEL_HANDOVER_PUBLIC_KEY"
)

// New makes all keys of a new installation, with this id, readable by this user only. Where one of the files stands
// already, it makes nothing.
func New(dir, id string) error {
	content, err := generate(id)
	if err != nil {
		return err
	}
	content[lookup] = keys.Generate()
	for folder, names := range Files {
		for _, name := range names {
			if _, err := os.Lstat(filepath.Join(dir, folder, name)); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s stands there already: no key was made", filepath.Join(dir, folder, name))
			}
		}
	}
	return write(dir, content)
}

// Add makes a key with this id beside those of each kind that rotates. It opens and derives, but nothing uses it for
// new work before Activate: by then every process must have read it.
func Add(dir, id string) error {
	fresh, err := generate(id)
	if err != nil {
		return err
	}
	delete(fresh, handoverPublic)
	for name := range fresh {
		known, err := read(dir, name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(known, hasID(id)) {
			return fmt.Errorf("%s has a key %s already: choose another id", name, id)
		}
		fresh[name] = strings.Join(append(known, fresh[name]), ",")
	}
	return write(dir, fresh)
}

// Activate makes the key with this id the one for new work. The others still open and derive.
func Activate(dir, id string) error {
	changed := map[string]string{}
	for _, name := range []string{pins, records, handover} {
		known, err := read(dir, name)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(known, hasID(id))
		if at < 0 {
			return fmt.Errorf("%s has no key %s: add it first", name, id)
		}
		active := known[at]
		changed[name] = strings.Join(append([]string{active}, slices.Delete(known, at, at+1)...), ",")
	}
	var receiver keys.Receiver
	if err := receiver.UnmarshalText([]byte(changed[handover])); err != nil {
		return fmt.Errorf("%s: %w", handover, err)
	}
	changed[handoverPublic] = receiver.Public()
	return write(dir, changed)
}

// generate makes one key of each kind that rotates, by the name of its setting.
func generate(id string) (map[string]string, error) {
	private, public, err := keys.GenerateHandover(id)
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	if err := new(keys.Handover).UnmarshalText([]byte(public)); err != nil {
		return nil, fmt.Errorf("id %q: %w", id, err)
	}
	return map[string]string{
		pins: id + ":" + keys.Generate(), records: id + ":" + keys.Generate(), handover: private, handoverPublic: public,
	}, nil
}

func hasID(id string) func(item string) bool {
	return func(item string) bool { return strings.HasPrefix(strings.TrimSpace(item), id+":") }
}

// read returns the keys of a setting, which must be the same in each folder.
func read(dir, name string) ([]string, error) {
	var found string
	for folder, names := range Files {
		if !slices.Contains(names, name) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, folder, name))
		if err != nil {
			return nil, err
		}
		text := strings.TrimSpace(string(content))
		if found != "" && found != text {
			return nil, fmt.Errorf("%s is not the same in %s: nothing was changed", name, dir)
		}
		found = text
	}
	return strings.Split(found, ","), nil
}

// write puts each content in the folders that it belongs to. A reader meets the old or the new one.
func write(dir string, content map[string]string) error {
	for folder, names := range Files {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			return err
		}
		for _, name := range names {
			if content[name] == "" {
				continue
			}
			path := filepath.Join(dir, folder, name)
			if err := os.WriteFile(path+".new", []byte(content[name]+"\n"), 0o600); err != nil {
				return err
			}
			if err := os.Rename(path+".new", path); err != nil {
				return err
			}
		}
	}
	return nil
}
