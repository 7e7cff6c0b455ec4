package duo

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// column is one that a reader wants, under any of the names that files have for it.
type column struct {
	names    []string
	optional bool
}

// table hands out the wanted columns of a file, line by line.
type table struct {
	lines     *lines
	separator rune
	width     int
	positions []int // of the wanted columns; -1 where an optional one is absent
}

// openTable reads the header.
func openTable(r io.Reader, wanted []column) (*table, error) {
	t := &table{lines: newLines(r)}
	for t.lines.next() {
		header, err := t.lines.text()
		if err != nil {
			return nil, fmt.Errorf("header: %w", err)
		}
		if strings.TrimSpace(header) != "" {
			return t, t.readHeader(header, wanted)
		}
	}
	if err := t.lines.err(); err != nil {
		return nil, err
	}
	return nil, errors.New("the file is empty")
}

func (t *table) readHeader(header string, wanted []column) error {
	t.separator = ','
	if strings.ContainsRune(header, ';') {
		t.separator = ';'
	}
	names, err := split(header, t.separator)
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	t.width = len(names)
	var missing []string
	for _, c := range wanted {
		position := c.find(names)
		if position < 0 && !c.optional {
			missing = append(missing, strings.Join(c.names, " or "))
		}
		t.positions = append(t.positions, position)
	}
	return missingColumns(missing, slices.Max(t.positions) >= 0, names)
}

// missingColumns does not show a header that holds none of the columns: it may be a line with somebody's data.
func missingColumns(missing []string, header bool, names []string) error {
	if len(missing) == 0 {
		return nil
	}
	if !header {
		return fmt.Errorf("the first line is no header: it has none of the columns (%s)", strings.Join(missing, "; "))
	}
	return fmt.Errorf("column %s is missing; the header has: %s", strings.Join(missing, ", "), strings.Join(names, " | "))
}

func (c column) find(header []string) int {
	for _, name := range c.names {
		for i, heading := range header {
			if plain(heading) == plain(name) {
				return i
			}
		}
	}
	return -1
}

// plain makes KVK-NUMMER, KVK_NUMMER and "kvk nummer" the same.
func plain(heading string) string {
	return strings.Join(strings.FieldsFunc(strings.ToUpper(heading), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-'
	}), " ")
}

// each calls read for every line with data: the wanted fields, blanks around and doubled ones inside removed. What
// read returns as error refuses the line. The result counts the lines; an error means that the file could not be read.
func (t *table) each(refuse func(line int, reason string), read func(line int, fields []string) error) (count int, err error) {
	for t.lines.next() {
		fields, err := t.fields()
		if err == nil && fields == nil {
			continue
		}
		count++
		if err == nil {
			err = read(t.lines.number, fields)
		}
		if err != nil {
			refuse(t.lines.number, err.Error())
		}
	}
	return count, t.lines.err()
}

// fields is nil for a blank line.
func (t *table) fields() ([]string, error) {
	line, err := t.lines.text()
	if err != nil {
		return nil, err
	}
	if strings.Trim(line, " \t\u00a0"+string(t.separator)) == "" {
		return nil, nil
	}
	all, err := split(line, t.separator)
	if err != nil {
		return nil, err
	}
	if len(all) < t.width || strings.Join(all[t.width:], "") != "" {
		return nil, fmt.Errorf("has %d fields where the header has %d", len(all), t.width)
	}
	wanted := make([]string, len(t.positions))
	for i, position := range t.positions {
		if position >= 0 {
			wanted[i] = all[position]
		}
	}
	return wanted, nil
}

// split takes one line apart. A field never runs over several lines in these files, so that a quote left open spoils
// its own line only.
func split(line string, separator rune) ([]string, error) {
	reader := csv.NewReader(strings.NewReader(line))
	reader.Comma = separator
	reader.TrimLeadingSpace = true
	fields, err := reader.Read()
	if errors.Is(err, csv.ErrBareQuote) {
		return nil, errors.New("a quote stands in a field that does not begin with one")
	}
	if err != nil {
		return nil, errors.New("a quoted field is not closed before the separator")
	}
	for i, field := range fields {
		fields[i] = strings.Join(strings.Fields(field), " ")
	}
	return fields, nil
}
