package devstack

import (
	"context"
	"path/filepath"
)

// samples are the files of the folder sample in the order of import: schools name their board, the rest their school.
var samples = []struct{ kind, file string }{
	{"boards", "besturen.csv"}, {"schools", "scholen.csv"}, {"accounts", "accounts.csv"},
	{"representatives", "gemachtigden.csv"}, {"contacts", "contactpersonen.csv"},
}

// Import reads the made-up registers of a folder in, through koppel import. They are in the layouts of the real files.
func (s *Stack) Import(ctx context.Context, folder string) error {
	for _, sample := range samples {
		s.options.Progress("koppel import " + sample.kind)
		if _, err := s.Run(ctx, "import", sample.kind, filepath.Join(folder, sample.file)); err != nil {
			return err
		}
	}
	return nil
}
