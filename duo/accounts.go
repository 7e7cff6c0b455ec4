package duo

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"koppel/onboarding"
)

// Account is an account of the old helpdesk.
type Account struct {
	Line        int
	Username    string // as shown; compared without regard to case
	Email       onboarding.Email
	Institution onboarding.InstitutionCode
	Password    string // digest with its scheme, as written; not checked
}

// String keeps an account out of logs.
func (a Account) String() string { return fmt.Sprintf("account on line %d", a.Line) }

var accountColumns = []column{
	{names: []string{"GEBRUIKERSNAAM"}},
	{names: []string{"E-MAILADRES"}},
	{names: []string{"INSTELLING"}},
	{names: []string{"WACHTWOORD"}},
}

const maxUsername = 100 // characters

// Accounts reads the list of old accounts. The error tells why the file as a whole cannot be used.
func Accounts(r io.Reader) (File[Account], error) {
	var file File[Account]
	t, err := openTable(r, accountColumns)
	if err != nil {
		return file, err
	}
	first := map[string]Account{}
	file.Lines, err = t.each(file.refuse, func(line int, fields []string) error {
		account, err := parseAccount(line, fields)
		if err != nil {
			return err
		}
		key := strings.ToLower(account.Username)
		earlier, again := first[key]
		if !again {
			first[key] = account
			file.Rows = append(file.Rows, account)
			return nil
		}
		if account.Line = earlier.Line; account != earlier {
			return fmt.Errorf("GEBRUIKERSNAAM stands on line %d with other data", earlier.Line)
		}
		return nil
	})
	return file, err
}

// parseAccount does not quote what it refuses: in a line with a field too few an address stands in any column.
func parseAccount(line int, fields []string) (a Account, err error) {
	a = Account{Line: line, Username: fields[0], Password: fields[3]}
	if a.Username == "" {
		return a, errors.New("GEBRUIKERSNAAM is empty")
	}
	if utf8.RuneCountInString(a.Username) > maxUsername {
		return a, fmt.Errorf("GEBRUIKERSNAAM is longer than %d characters", maxUsername)
	}
	if a.Email, err = onboarding.ParseEmail(fields[1]); err != nil {
		return a, errNoEmail
	}
	if a.Institution, err = onboarding.ParseInstitutionCode(restoreBoardNumber(fields[2])); err != nil {
		return a, errNoInstitution
	}
	if a.Password == "" {
		return a, errors.New("WACHTWOORD is empty")
	}
	return a, nil
}
