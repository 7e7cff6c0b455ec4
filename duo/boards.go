package duo

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"koppel/onboarding"
)

// Board is a school board ("bevoegd gezag").
type Board struct {
	Line   int
	Number onboarding.InstitutionCode
	Name   string
	Place  string               // not in capitals; empty where the list has none
	KvK    onboarding.KvKNumber // empty where the register has none, as for a municipality
}

var boardColumns = []column{
	{names: []string{"BEVOEGD GEZAG NUMMER"}},
	{names: []string{"BEVOEGD GEZAG NAAM"}},
	{names: []string{"KVK-NUMMER"}},
	{names: []string{"PLAATSNAAM"}, optional: true},
}

// Boards reads DUO's list of boards. The error tells why the file as a whole cannot be used.
func Boards(r io.Reader) (File[Board], error) {
	var file File[Board]
	t, err := openTable(r, boardColumns)
	if err != nil {
		return file, err
	}
	first := map[onboarding.InstitutionCode]Board{}
	file.Lines, err = t.each(file.refuse, func(line int, fields []string) error {
		board, err := parseBoard(line, fields)
		if err != nil {
			return err
		}
		earlier, again := first[board.Number]
		if !again {
			first[board.Number] = board
			file.Rows = append(file.Rows, board)
			return nil
		}
		if board.Line = earlier.Line; board != earlier {
			return fmt.Errorf("board %s stands on line %d with other data", board.Number, earlier.Line)
		}
		return nil
	})
	return file, err
}

func parseBoard(line int, fields []string) (b Board, err error) {
	b = Board{Line: line, Name: fields[1], Place: placeName(fields[3])}
	if b.Number, err = parseBoardNumber(fields[0]); err != nil {
		return b, err
	}
	if b.Name == "" {
		return b, errors.New("BEVOEGD GEZAG NAAM is empty")
	}
	if fields[2] != "" {
		if b.KvK, err = onboarding.RestoreKvKNumber(fields[2]); err != nil {
			return b, fmt.Errorf("KVK-NUMMER: %w", err)
		}
	}
	return b, nil
}

func parseBoardNumber(field string) (onboarding.InstitutionCode, error) {
	if field == "" {
		return "", errors.New("BEVOEGD GEZAG NUMMER is empty")
	}
	code, err := onboarding.ParseInstitutionCode(restoreBoardNumber(field))
	if err != nil || code.Kind() != onboarding.Board {
		return "", fmt.Errorf("BEVOEGD GEZAG NUMMER: %q is not a board number (five digits)", field)
	}
	return code, nil
}

// restoreBoardNumber puts back the leading zeros that a spreadsheet took away.
func restoreBoardNumber(field string) string {
	if field == "" || len(field) >= 5 || strings.Trim(field, "0123456789") != "" {
		return field
	}
	return strings.Repeat("0", 5-len(field)) + field
}
