package duo

import (
	"errors"
	"fmt"
	"io"
	"time"

	"koppel/onboarding"
)

// Closure is the end of a school or board, on a day, perhaps merged into another one.
type Closure struct {
	Line      int
	Code      onboarding.InstitutionCode
	On        time.Time
	Successor onboarding.InstitutionCode // empty where there is none
}

var closureColumns = []column{
	{names: []string{"INSTELLINGSCODE", "BRIN NUMMER", "INSTELLING"}},
	{names: []string{"OPGEHEVEN PER"}},
	{names: []string{"OPGEGAAN IN"}},
}

// dayLayouts are the ways in which lists of DUO and spreadsheets write a day.
var dayLayouts = []string{time.DateOnly, "2-1-2006", "20060102"}

// Closures reads a list of closed and merged institutions. The error tells why the file as a whole cannot be used.
func Closures(r io.Reader) (File[Closure], error) {
	var file File[Closure]
	t, err := openTable(r, closureColumns)
	if err != nil {
		return file, err
	}
	first := map[onboarding.InstitutionCode]Closure{}
	file.Lines, err = t.each(file.refuse, func(line int, fields []string) error {
		closure, err := parseClosure(line, fields)
		if err != nil {
			return err
		}
		earlier, again := first[closure.Code]
		if !again {
			first[closure.Code] = closure
			file.Rows = append(file.Rows, closure)
			return nil
		}
		if closure.Line = earlier.Line; closure != earlier {
			return fmt.Errorf("INSTELLINGSCODE: %s stands on line %d with other data", closure.Code, earlier.Line)
		}
		return nil
	})
	return file, err
}

func parseClosure(line int, fields []string) (c Closure, err error) {
	c.Line = line
	if fields[0] == "" {
		return c, errors.New("INSTELLINGSCODE is empty")
	}
	if c.Code, err = onboarding.ParseInstitutionCode(restoreBoardNumber(fields[0])); err != nil {
		return c, fmt.Errorf("INSTELLINGSCODE: %w", err)
	}
	if c.On, err = parseDay(fields[1]); err != nil {
		return c, err
	}
	if fields[2] == "" {
		return c, nil
	}
	if c.Successor, err = onboarding.ParseInstitutionCode(restoreBoardNumber(fields[2])); err != nil {
		return c, fmt.Errorf("OPGEGAAN IN: %w", err)
	}
	switch {
	case c.Successor == c.Code:
		err = errors.New("OPGEGAAN IN: an institution cannot be merged into itself")
	case c.Successor.Kind() != c.Code.Kind():
		err = fmt.Errorf("OPGEGAAN IN: a %s cannot be merged into a %s", c.Code.Kind(), c.Successor.Kind())
	}
	return c, err
}

func parseDay(field string) (time.Time, error) {
	if field == "" {
		return time.Time{}, errors.New("OPGEHEVEN PER is empty")
	}
	for _, layout := range dayLayouts {
		if day, err := time.Parse(layout, field); err == nil {
			return day, nil
		}
	}
	return time.Time{}, fmt.Errorf("OPGEHEVEN PER: %q is not a day (2026-08-01 or 1-8-2026)", field)
}
