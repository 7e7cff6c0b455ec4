package duo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const digest = "md5$900150983cd24fb0d6963f7d28e17f72"

func TestAccountsInEveryLayout(t *testing.T) {
	rows := [][]string{
		{"GEBRUIKERSNAAM", "E-MAILADRES", "INSTELLING", "WACHTWOORD"},
		{"Regenboog01", "jane@regenboog.example", "03ab", digest},
		{"coëlho", "piet@COELHO.example", "731", "sha1-suffix$zout$a9993e364706816aba3e25717850c26c9cd0d89d"},
	}
	want := []Account{
		{0, "Regenboog01", "jane@regenboog.example", "03AB", digest},
		{0, "coëlho", "piet@coelho.example", "00731", "sha1-suffix$zout$a9993e364706816aba3e25717850c26c9cd0d89d"},
	}
	for _, l := range layouts() {
		file, err := Accounts(l.write(t, rows))
		if err != nil || len(file.Refused) > 0 || file.Lines != 2 {
			t.Errorf("%v: %v, %d lines, refused %v", l, err, file.Lines, file.Refused)
		}
		for i := range file.Rows {
			file.Rows[i].Line = 0
		}
		if !slices.Equal(file.Rows, want) {
			t.Errorf("%v: got other rows", l)
		}
	}
}

func TestAccountsRefused(t *testing.T) {
	const header = "GEBRUIKERSNAAM;E-MAILADRES;INSTELLING;WACHTWOORD\n"
	const before = "regenboog01;jane@regenboog.example;03AB;" + digest + "\n"
	const institution = "INSTELLING is neither a BRIN (two digits, two letters) nor a board number (five digits)"
	for _, c := range []struct{ name, line, reason string }{
		{"no user name", ";tess@linde.example;16AH;" + digest, "GEBRUIKERSNAAM is empty"},
		{"a long user name", strings.Repeat("é", 101) + ";tess@linde.example;16AH;" + digest, "GEBRUIKERSNAAM is longer than 100 characters"},
		{"no address", "linde01;;16AH;" + digest, "E-MAILADRES is empty or not an e-mail address"},
		{"half an address", "linde01;tess@linde;16AH;" + digest, "E-MAILADRES is empty or not an e-mail address"},
		{"no institution", "linde01;tess@linde.example;;" + digest, institution},
		{"an address for an institution", "linde01;tess@linde.example;tess@linde.example;" + digest, institution},
		{"no digest", "linde01;tess@linde.example;16AH;", "WACHTWOORD is empty"},
		{"the same user name", "REGENBOOG01;tess@linde.example;16AH;" + digest, "GEBRUIKERSNAAM stands on line 2 with other data"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := Accounts(strings.NewReader(header + before + c.line + "\n" + before))
			if want := []Refusal{{3, c.reason}}; err != nil || !slices.Equal(file.Refused, want) {
				t.Fatalf("refused %v, %v\nwant    %v", file.Refused, err, want)
			}
			if len(file.Rows) != 1 || file.Rows[0].Line != 2 || file.Lines != 3 {
				t.Fatalf("the lines around it: %v (%d)", file.Rows, file.Lines)
			}
		})
	}
}

func TestAnAccountDoesNotPrint(t *testing.T) {
	account := Account{7, "regenboog01", "jane@regenboog.example", "03AB", digest}
	if got := fmt.Sprintf("%v %+v", account, account); got != "account on line 7 account on line 7" {
		t.Fatalf("prints as %q", got)
	}
}
