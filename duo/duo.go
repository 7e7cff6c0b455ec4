// Package duo reads register files: the open data lists of boards and of schools that DUO publishes, in every
// layout they have had, and our own lists of closed institutions, of contact persons and representatives, and of the
// accounts of the old helpdesk.
//
// It checks each line on its own and against the lines before it, and says of a refused one why. It knows nothing
// of what is already stored; a digest in the list of accounts stays as written.
package duo

import (
	"cmp"
	"slices"
)

// MaxSize bounds a file, in bytes: a list with every school of the country takes some three million.
const MaxSize = 64 << 20

// MaxLine bounds a line, in bytes.
const MaxLine = 64 << 10

// File is what was read: the rows, without those that say the same twice, and the lines that were refused.
type File[Row any] struct {
	Lines   int // with data, blank ones and the header aside
	Rows    []Row
	Refused []Refusal
}

// Refusal tells an operator which line cannot be used and why. Line counts from 1, the header included.
// Reason holds no personal data and no digest.
type Refusal struct {
	Line   int
	Reason string
}

func (f *File[Row]) refuse(line int, reason string) {
	f.Refused = append(f.Refused, Refusal{line, reason})
}

// SortRefusals puts refusals in the order of the file.
func SortRefusals(refused []Refusal) {
	slices.SortStableFunc(refused, func(a, b Refusal) int { return cmp.Compare(a.Line, b.Line) })
}
