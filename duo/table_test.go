package duo

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFilesThatCannotBeUsed(t *testing.T) {
	const header = "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;KVK-NUMMER\n"
	for _, c := range []struct{ name, content, want string }{
		{"empty", "", "the file is empty"},
		{"blank lines", "\n  \n", "the file is empty"},
		{"a column missing", "BEVOEGD GEZAG NUMMER;NAAM;PLAATSNAAM;KVK-NUMMER\n",
			"column BEVOEGD GEZAG NAAM is missing; the header has: BEVOEGD GEZAG NUMMER | NAAM | PLAATSNAAM | KVK-NUMMER"},
		{"the other list", "BEVOEGD GEZAG NUMMER,INSTELLINGSCODE\n",
			"column BEVOEGD GEZAG NAAM, KVK-NUMMER is missing; the header has: BEVOEGD GEZAG NUMMER | INSTELLINGSCODE"},
		{"no header", "jane;jane@regenboog.example\n",
			"the first line is no header: it has none of the columns (BEVOEGD GEZAG NUMMER; BEVOEGD GEZAG NAAM; KVK-NUMMER)"},
		{"a quote in the header", "\"BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM\n", "header: a quoted field is not closed before the separator"},
		{"UTF-16", "\xff\xfeB\x00E\x00", "header: the file is in UTF-16: save it as UTF-8"},
		{"UTF-16, the other way round", "\xfe\xff\x00B\x00E", "header: the file is in UTF-16: save it as UTF-8"},
		{"a spreadsheet", "PK\x03\x04", "header: holds a control character"},
		{"a line without end", header + "10249;" + strings.Repeat("x", MaxLine) + ";\n", "line 2 is longer than 65536 bytes: is this a list?"},
		{"a header without end", strings.Repeat("x", MaxLine+1), "line 1 is longer than 65536 bytes: is this a list?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Boards(strings.NewReader(c.content)); err == nil || err.Error() != c.want {
				t.Fatalf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestEveryReaderTellsAnUnusableFile(t *testing.T) {
	broken := errors.New("disk on fire")
	for name, read := range map[string]func(io.Reader) error{
		"boards":   func(r io.Reader) error { _, err := Boards(r); return err },
		"schools":  func(r io.Reader) error { _, err := Schools(r); return err },
		"accounts": func(r io.Reader) error { _, err := Accounts(r); return err },
	} {
		if err := read(strings.NewReader("")); err == nil {
			t.Errorf("%s: an empty file is accepted", name)
		}
		const headers = "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;KVK-NUMMER;BRIN NUMMER;VESTIGINGSNAAM;PLAATSNAAM;" +
			"GEBRUIKERSNAAM;E-MAILADRES;INSTELLING;WACHTWOORD\n"
		if err := read(io.MultiReader(strings.NewReader(headers), failing{broken})); !errors.Is(err, broken) {
			t.Errorf("%s: a file that breaks off gives %v", name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAFileWithoutEnd(t *testing.T) {
	header := strings.NewReader("BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;KVK-NUMMER\n")
	_, err := Boards(io.MultiReader(header, io.LimitReader(blankLines{}, MaxSize)))
	if want := "the file is larger than 64 MiB: is this a list?"; err == nil || err.Error() != want {
		t.Fatalf("got %v, want %s", err, want)
	}
}

// blankLines cost the reader nothing to keep.
type blankLines struct{}

func (blankLines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
		if i%4000 > 0 {
			p[i] = ' '
		}
	}
	return len(p), nil
}

func TestOneDamagedLineDoesNotChangeTheRest(t *testing.T) {
	const header = "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;KVK-NUMMER\n"
	for _, c := range []struct{ name, content, reason, second string }{
		{"in a file in UTF-8", header + "1;Coëlho;\n2;Co\xeblho;\n3;Súdwest;\n",
			"is not in UTF-8, the encoding of the lines before", "Súdwest"},
		{"in a marked file", "\ufeff" + header + "1;Coelho;\n2;Co\xeblho;\n3;Súdwest;\n",
			"is not in UTF-8, the encoding of the lines before", "Súdwest"},
		{"in a file in Windows-1252", header + "1;Co\xeblho;\n2;Co\x81lho;\n3;S\xc3\xbadwest;\n",
			"holds a byte that is no letter in Windows-1252, the encoding of the lines before", "Ãºdwest"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := Boards(strings.NewReader(c.content))
			if err != nil || len(file.Refused) != 1 || file.Refused[0] != (Refusal{3, c.reason}) {
				t.Fatalf("refused %v, %v", file.Refused, err)
			}
			if got := file.Rows[1].Name; !strings.HasSuffix(got, c.second) {
				t.Fatalf("the line after it has %q, want %q", got, c.second)
			}
		})
	}
}

func TestSortRefusals(t *testing.T) {
	refused := []Refusal{{3, "c"}, {1, "a"}, {3, "d"}, {2, "b"}}
	SortRefusals(refused)
	var order string
	for _, r := range refused {
		order += r.Reason
	}
	if order != "abcd" {
		t.Fatalf("order %s", order)
	}
}
