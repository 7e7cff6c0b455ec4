package duo

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// layout is one of the ways in which the same list comes.
type layout struct {
	separator         string
	mark, cp1252      bool // byte order mark; Windows-1252 instead of UTF-8
	quoted, padded    bool
	lineEnd, surplus  string // surplus separators at the end of data lines
	blankLines, lower bool   // lower-case header with underscores
}

func (l layout) String() string {
	type fields layout // without this method
	return fmt.Sprintf("%+q", fmt.Sprintf("%+v", fields(l)))
}

func layouts() (all []layout) {
	for _, separator := range []string{";", ","} {
		for _, encoding := range []layout{{}, {mark: true}, {cp1252: true}} {
			for i := range 16 {
				l := layout{separator: separator, mark: encoding.mark, cp1252: encoding.cp1252, lineEnd: "\n"}
				l.quoted, l.padded, l.blankLines, l.lower = i&1 > 0, i&2 > 0, i&4 > 0, i&4 > 0
				if i&8 > 0 {
					l.lineEnd, l.surplus = "\r\n", separator
				}
				all = append(all, l)
			}
		}
	}
	return all
}

func (l layout) write(t *testing.T, rows [][]string) *bytes.Reader {
	t.Helper()
	var b strings.Builder
	if l.mark {
		b.WriteString("\ufeff")
	}
	for i, row := range rows {
		if l.lower && i == 0 {
			row = strings.Split(strings.ToLower(strings.ReplaceAll(strings.Join(row, "\n"), " ", "_")), "\n")
		}
		fields := slices.Clone(row)
		for j := range fields {
			fields[j] = l.field(fields[j])
		}
		b.WriteString(strings.Join(fields, l.separator))
		if i > 0 {
			b.WriteString(l.surplus)
		}
		b.WriteString(l.lineEnd)
		if l.blankLines {
			b.WriteString(" " + l.separator + l.separator + l.lineEnd)
		}
	}
	return bytes.NewReader(l.encode(t, b.String()))
}

func (l layout) field(text string) string {
	if l.padded {
		text = "  " + text + "    "
	}
	if l.quoted {
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

func (l layout) encode(t *testing.T, text string) []byte {
	if !l.cp1252 {
		return []byte(text)
	}
	encoded, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(encoded)
}

// plainBoards drops the line numbers, which differ per layout.
func plainBoards(rows []Board) []Board {
	plain := slices.Clone(rows)
	for i := range plain {
		plain[i].Line = 0
	}
	return plain
}

func TestBoardsInEveryLayout(t *testing.T) {
	for _, header := range [][]string{
		{"BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG NAAM", "PLAATSNAAM", "KVK-NUMMER"},
		{"KVK-NUMMER", "PLAATSNAAM", "BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG NAAM"},
	} {
		rows := [][]string{header}
		for _, values := range []map[string]string{
			{"BEVOEGD GEZAG NUMMER": "10249", "BEVOEGD GEZAG NAAM": "Stichting De Regenboog", "PLAATSNAAM": "VOORBEELDSTAD", "KVK-NUMMER": "90001234"},
			{"BEVOEGD GEZAG NUMMER": "731", "BEVOEGD GEZAG NAAM": "Vereniging Coëlho – Fryslân", "PLAATSNAAM": "SÚDERDORP", "KVK-NUMMER": "1234567"},
			{"BEVOEGD GEZAG NUMMER": "30001", "BEVOEGD GEZAG NAAM": "Gemeente Elders", "PLAATSNAAM": "", "KVK-NUMMER": ""},
		} {
			var row []string
			for _, name := range header {
				row = append(row, values[name])
			}
			rows = append(rows, row)
		}
		want := []Board{
			{Number: "10249", Name: "Stichting De Regenboog", Place: "Voorbeeldstad", KvK: "90001234"},
			{Number: "00731", Name: "Vereniging Coëlho – Fryslân", Place: "Súderdorp", KvK: "01234567"},
			{Number: "30001", Name: "Gemeente Elders"},
		}
		for _, l := range layouts() {
			file, err := Boards(l.write(t, rows))
			if err != nil || len(file.Refused) > 0 || file.Lines != 3 {
				t.Errorf("%v: %v, %d lines, refused %v", l, err, file.Lines, file.Refused)
			}
			if got := plainBoards(file.Rows); !slices.Equal(got, want) {
				t.Errorf("%v:\n got %v\nwant %v", l, got, want)
			}
		}
	}
}

func TestBoardsWithoutPlaces(t *testing.T) {
	file, err := Boards(strings.NewReader("KVK_NUMMER,BEVOEGD GEZAG NUMMER,BEVOEGD GEZAG NAAM\n90001234,10249,De Regenboog\n"))
	if want := []Board{{Line: 2, Number: "10249", Name: "De Regenboog", KvK: "90001234"}}; err != nil || !slices.Equal(file.Rows, want) {
		t.Fatalf("got %v, %v; want %v", file.Rows, err, want)
	}
}

func TestBoardsRefused(t *testing.T) {
	const header = "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;PLAATSNAAM;KVK-NUMMER\n"
	const before = "10249;De Regenboog;VOORBEELDSTAD;90001234\n"
	for _, c := range []struct{ name, line, reason string }{
		{"no number", ";De Linde;X;90005678", "BEVOEGD GEZAG NUMMER is empty"},
		{"number too long", "204180;De Linde;X;90005678", `BEVOEGD GEZAG NUMMER: "204180" is not a board number (five digits)`},
		{"number with letters", "20A18;De Linde;X;90005678", `BEVOEGD GEZAG NUMMER: "20A18" is not a board number (five digits)`},
		{"a BRIN", "16AH;De Linde;X;90005678", `BEVOEGD GEZAG NUMMER: "16AH" is not a board number (five digits)`},
		{"no name", "20418; ;X;90005678", "BEVOEGD GEZAG NAAM is empty"},
		{"KvK too long", "20418;De Linde;X;900056789", `KVK-NUMMER: "900056789" is not a KvK number (eight digits)`},
		{"KvK too short", "20418;De Linde;X;90056", `KVK-NUMMER: "90056" is not a KvK number (eight digits)`},
		{"KvK with letters", "20418;De Linde;X;onbekend", `KVK-NUMMER: "onbekend" is not a KvK number (eight digits)`},
		{"a field too few", "20418;De Linde;90005678", "has 3 fields where the header has 4"},
		{"a field too many", "20418;De Linde;X;90005678;y", "has 5 fields where the header has 4"},
		{"a quote not closed", `20418;"De Linde;X;90005678`, "a quoted field is not closed before the separator"},
		{"a quote inside", `20418;De "Linde";X;90005678`, "a quote stands in a field that does not begin with one"},
		{"a control character", "20418;De\x00Linde;X;90005678", "holds a control character"},
		{"other data for the same board", "10249;De Regenboog;VOORBEELDSTAD;90005678", "board 10249 stands on line 2 with other data"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := Boards(strings.NewReader(header + before + c.line + "\n30001;De Eik;Y;\n"))
			if want := []Refusal{{3, c.reason}}; err != nil || !slices.Equal(file.Refused, want) {
				t.Fatalf("refused %v, %v\nwant    %v", file.Refused, err, want)
			}
			if len(file.Rows) != 2 || file.Rows[1].Number != "30001" || file.Lines != 3 {
				t.Fatalf("the lines around it: %v (%d)", file.Rows, file.Lines)
			}
		})
	}
}

func TestBlanksBeforeAQuote(t *testing.T) {
	file, err := Boards(strings.NewReader("BEVOEGD GEZAG NUMMER; \"BEVOEGD GEZAG NAAM\"; KVK-NUMMER\n10249; \"De Linde; en meer\"; 90005678\n"))
	if err != nil || len(file.Refused) > 0 || len(file.Rows) != 1 || file.Rows[0].Name != "De Linde; en meer" {
		t.Fatalf("got %+v, %v", file, err)
	}
}

func TestTheSameBoardTwiceIsOne(t *testing.T) {
	file, err := Boards(strings.NewReader("BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;KVK-NUMMER\n00731;De Linde;01234567\n731;De  Linde;1234567\n"))
	if err != nil || len(file.Refused) > 0 || len(file.Rows) != 1 || file.Lines != 2 {
		t.Fatalf("got %+v, %v; want one board from two lines", file, err)
	}
}
