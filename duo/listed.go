package duo

import (
	"errors"
	"io"

	"koppel/onboarding"
)

// Listed is an institution on a list of institutions.
type Listed struct {
	Line        int
	Institution onboarding.InstitutionCode
}

var listedColumns = []column{{names: []string{"INSTELLING", "INSTELLINGSCODE"}}}

// Institutions reads a list of institutions; other columns are passed over. One that comes twice is refused. The error
// tells why the file as a whole cannot be used.
func Institutions(r io.Reader) (File[Listed], error) {
	var file File[Listed]
	t, err := openTable(r, listedColumns)
	if err != nil {
		return file, err
	}
	first := map[onboarding.InstitutionCode]bool{}
	file.Lines, err = t.each(file.refuse, func(line int, fields []string) error {
		code, err := onboarding.ParseInstitutionCode(restoreBoardNumber(fields[0]))
		switch {
		case err != nil:
			return errNoInstitution
		case first[code]:
			return errors.New("INSTELLING stands on an earlier line")
		}
		first[code] = true
		file.Rows = append(file.Rows, Listed{line, code})
		return nil
	})
	return file, err
}
