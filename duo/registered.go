package duo

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"koppel/onboarding"
)

// Registered is a person's address with the institution that it is registered for: of a contact person or of a
// representative.
type Registered struct {
	Line        int
	Institution onboarding.InstitutionCode
	Email       onboarding.Email
}

// String keeps an address out of logs.
func (r Registered) String() string { return fmt.Sprintf("address on line %d", r.Line) }

var registeredColumns = []column{
	{names: []string{"INSTELLING"}},
	{names: []string{"E-MAILADRES"}},
}

// RegisteredAddresses reads a list of contact persons or of representatives. The error tells why the file as a whole
// cannot be used.
func RegisteredAddresses(r io.Reader) (File[Registered], error) {
	var file File[Registered]
	t, err := openTable(r, registeredColumns)
	if err != nil {
		return file, err
	}
	first := map[Registered]bool{}
	file.Lines, err = t.each(file.refuse, func(line int, fields []string) error {
		registered, err := parseRegistered(line, fields)
		if err != nil {
			return err
		}
		key := Registered{Institution: registered.Institution, Email: onboarding.Email(strings.ToLower(string(registered.Email)))}
		if !first[key] {
			first[key] = true
			file.Rows = append(file.Rows, registered)
		}
		return nil
	})
	return file, err
}

// parseRegistered does not quote what it refuses: it may be somebody's address.
func parseRegistered(line int, fields []string) (r Registered, err error) {
	r.Line = line
	if fields[0] == "" {
		return r, errors.New("INSTELLING is empty")
	}
	if r.Institution, err = onboarding.ParseInstitutionCode(restoreBoardNumber(fields[0])); err != nil {
		return r, errNoInstitution
	}
	if r.Email, err = onboarding.ParseEmail(fields[1]); err != nil {
		return r, errNoEmail
	}
	return r, nil
}

var (
	errNoInstitution = errors.New("INSTELLING is neither a BRIN (two digits, two letters) nor a board number (five digits)")
	errNoEmail       = errors.New("E-MAILADRES is empty or not an e-mail address")
)
