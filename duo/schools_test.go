package duo

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestSchoolsInEveryLayout(t *testing.T) {
	for _, header := range [][]string{
		{"PROVINCIE", "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM", "PLAATSNAAM"},
		{"PROVINCIE", "BEVOEGD GEZAG NUMMER", "BRIN NUMMER", "VESTIGINGSNUMMER", "VESTIGINGSNAAM", "PLAATSNAAM"},
	} {
		rows := [][]string{
			header,
			{"Utrecht", "10249", "03AB", "03AB01", "De Regenboog Zuid", "VOORBEELDSTAD"},
			{"Utrecht", "10249", "03AB", "03AB00", "De Regenboog", "VOORBEELDSTAD"},
			{"Fryslân", "731", "07cd", "0", `"De Coëlho"; een school, in het dorp`, "SÚDERDORP"},
			{"Zeeland", "20418", "16AH", "16AH02", "De Linde Oost", "NIEUWEZIJL"},
			{"Zeeland", "20418", "16AH", "01", "De Linde West", "OUDEZIJL"},
		}
		want := []School{
			{BRIN: "03AB", Name: "De Regenboog", Place: "Voorbeeldstad", Board: "10249"},
			{BRIN: "07CD", Name: `"De Coëlho"; een school, in het dorp`, Place: "Súderdorp", Board: "00731"},
			{BRIN: "16AH", Name: "De Linde West", Place: "Oudezijl", Board: "20418"},
		}
		for _, l := range layouts() {
			if !l.quoted { // such a name is always quoted
				continue
			}
			file, err := Schools(l.write(t, rows))
			if err != nil || len(file.Refused) > 0 || file.Lines != 5 {
				t.Errorf("%v: %v, %d lines, refused %v", l, err, file.Lines, file.Refused)
			}
			if got := plainSchools(file.Rows); !slices.Equal(got, want) {
				t.Errorf("%v:\n got %v\nwant %v", l, got, want)
			}
		}
	}
}

func plainSchools(rows []School) []School {
	plain := slices.Clone(rows)
	for i := range plain {
		plain[i].Line = 0
	}
	return plain
}

func TestTheOldListOfBranches(t *testing.T) {
	f, err := os.Open("testdata/scholen-oud.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := Schools(f)
	want := []School{
		{2, "03AB", "De Regenboog", "Voorbeeldstad", "10249"},
		{5, "07CD", "Basisschool Coëlho", "Súderdorp", "00731"},
		{6, "16AH", "De Linde", "Nieuwezijl", "20418"},
	}
	if err != nil || len(file.Refused) > 0 || !slices.Equal(file.Rows, want) {
		t.Fatalf("got %v, refused %v, %v\nwant %v", file.Rows, file.Refused, err, want)
	}
}

func TestTheListOfMainSitesHasNoBranches(t *testing.T) {
	file, err := Schools(strings.NewReader("BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;INSTELLINGSNAAM;PLAATSNAAM\n20418;16AH;De Linde;NIEUWEZIJL\n"))
	if want := []School{{2, "16AH", "De Linde", "Nieuwezijl", "20418"}}; err != nil || !slices.Equal(file.Rows, want) {
		t.Fatalf("got %v, refused %v, %v; want %v", file.Rows, file.Refused, err, want)
	}
}

func TestSchoolsRefused(t *testing.T) {
	const header = "INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;PLAATSNAAM;BEVOEGD GEZAG NUMMER\n"
	const before = "03AB;03AB00;De Regenboog;VOORBEELDSTAD;10249\n"
	for _, c := range []struct{ name, line, reason string }{
		{"no code", ";00;De Linde;X;20418", "INSTELLINGSCODE is empty"},
		{"a code that is none", "1AH;00;De Linde;X;20418", `INSTELLINGSCODE: "1AH" is not a BRIN (two digits, two letters)`},
		{"a board number", "20418;00;De Linde;X;20418", `INSTELLINGSCODE: "20418" is not a BRIN (two digits, two letters)`},
		{"a branch as code", "16AH01;;De Linde;X;20418", `INSTELLINGSCODE: "16AH01" is not a BRIN (two digits, two letters)`},
		{"a branch of another school", "16AH;16AX00;De Linde;X;20418", `VESTIGINGSCODE: "16AX00" is not a branch of 16AH (two digits, with or without the code before them)`},
		{"the code for a branch", "16AH;16AH;De Linde;X;20418", `VESTIGINGSCODE: "16AH" is not a branch of 16AH (two digits, with or without the code before them)`},
		{"letters for a branch", "16AH;C1;De Linde;X;20418", `VESTIGINGSCODE: "C1" is not a branch of 16AH (two digits, with or without the code before them)`},
		{"no name", "16AH;00;;X;20418", "VESTIGINGSNAAM is empty"},
		{"no board", "16AH;00;De Linde;X;", "BEVOEGD GEZAG NUMMER is empty"},
		{"a school for a board", "16AH;00;De Linde;X;03AB", `BEVOEGD GEZAG NUMMER: "03AB" is not a board number (five digits)`},
		{"other data for the same branch", "03AB;00;De Regenboog;ELDERS;10249", "branch 03AB00 stands on line 2 with other data"},
		{"another board for the same school", "03AB;01;Zuid;X;20418", "school 03AB has board 20418 here and 10249 on line 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := Schools(strings.NewReader(header + before + c.line + "\n30XY;00;De Eik;Y;1\n"))
			if want := []Refusal{{3, c.reason}}; err != nil || !slices.Equal(file.Refused, want) {
				t.Fatalf("refused %v, %v\nwant    %v", file.Refused, err, want)
			}
			if len(file.Rows) != 2 || file.Rows[1].BRIN != "30XY" || file.Rows[1].Board != "00001" {
				t.Fatalf("the lines around it: %v", file.Rows)
			}
		})
	}
}

func TestTheSameBranchTwiceIsOne(t *testing.T) {
	file, err := Schools(strings.NewReader("INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;PLAATSNAAM;BEVOEGD GEZAG NUMMER\n" +
		"16AH;16AH00;De Linde;X;20418\n16AH;00;De Linde;X;20418\n"))
	if err != nil || len(file.Refused) > 0 || len(file.Rows) != 1 || file.Lines != 2 {
		t.Fatalf("got %+v, %v; want one school from two lines", file, err)
	}
}
