package onboarding

import (
	"fmt"
	"regexp"
	"strings"
)

// InstitutionCode identifies a school by its BRIN (16AH) or a board by its board number (10249).
// Both are public register data.
type InstitutionCode string

// KvKNumber is a Dutch trade register number: eight digits, leading zeros significant.
type KvKNumber string

// InstitutionKind tells a school from a board.
type InstitutionKind string

const (
	School InstitutionKind = "school"
	Board  InstitutionKind = "board"
)

var (
	brin        = regexp.MustCompile(`^([0-9]{2}[A-Z]{2})([0-9]{2})?$`) // with or without the branch behind it
	boardNumber = regexp.MustCompile(`^[0-9]{5}$`)
	kvkNumber   = regexp.MustCompile(`^[0-9]{8}$`)
)

// ParseInstitutionCode accepts a BRIN or a board number in any case, with blanks around and inside. A branch (16AH00) is
// its school: accounts and memberships are the school's.
func ParseInstitutionCode(s string) (InstitutionCode, error) {
	code := strings.ToUpper(strings.Join(strings.Fields(s), ""))
	if school := brin.FindStringSubmatch(code); school != nil {
		return InstitutionCode(school[1]), nil
	}
	if boardNumber.MatchString(code) {
		return InstitutionCode(code), nil
	}
	return "", fmt.Errorf("%q is neither a BRIN (two digits, two letters) nor a board number (five digits)", s)
}

// Kind follows from the shape of the code.
func (c InstitutionCode) Kind() InstitutionKind {
	if boardNumber.MatchString(string(c)) {
		return Board
	}
	return School
}

// ParseKvKNumber accepts exactly eight digits.
func ParseKvKNumber(s string) (KvKNumber, error) {
	if !kvkNumber.MatchString(s) {
		return "", fmt.Errorf("%q is not a KvK number (eight digits)", s)
	}
	return KvKNumber(s), nil
}

// RestoreKvKNumber repairs a number that a spreadsheet stripped of its leading zeros and blanks.
func RestoreKvKNumber(s string) (KvKNumber, error) {
	digits := strings.TrimSpace(s)
	if len(digits) >= 6 && len(digits) < 8 {
		digits = strings.Repeat("0", 8-len(digits)) + digits
	}
	return ParseKvKNumber(digits)
}
