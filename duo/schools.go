package duo

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"koppel/onboarding"
)

// School is a school with its board. It has one BRIN whatever the number of its branches.
type School struct {
	Line  int // of the branch that names it
	BRIN  onboarding.InstitutionCode
	Name  string
	Place string
	Board onboarding.InstitutionCode
}

// schoolColumns has the new name of each column first, then the old one. The list of main sites has no branches.
var schoolColumns = []column{
	{names: []string{"INSTELLINGSCODE", "BRIN NUMMER"}},
	{names: []string{"VESTIGINGSCODE", "VESTIGINGSNUMMER"}, optional: true},
	{names: []string{"VESTIGINGSNAAM", "INSTELLINGSNAAM"}},
	{names: []string{"PLAATSNAAM"}},
	{names: []string{"BEVOEGD GEZAG NUMMER"}},
}

// Schools reads DUO's list of schools or of branches, with old or new column names. The main site (00) names a school
// with several branches, else the lowest number. The error tells why the file as a whole cannot be used.
func Schools(r io.Reader) (File[School], error) {
	var file File[School]
	t, err := openTable(r, schoolColumns)
	if err != nil {
		return file, err
	}
	list := schoolList{index: map[onboarding.InstitutionCode]int{}, branches: map[branchKey]School{}}
	file.Lines, err = t.each(file.refuse, func(line int, fields []string) error {
		school, branch, err := parseSchool(line, fields)
		if err != nil {
			return err
		}
		return list.add(school, branch)
	})
	for _, named := range list.schools {
		file.Rows = append(file.Rows, named.school)
	}
	return file, err
}

const mainSite = "00"

func parseSchool(line int, fields []string) (s School, branch string, err error) {
	s = School{Line: line, Name: fields[2], Place: placeName(fields[3])}
	if s.BRIN, err = parseBRIN(fields[0]); err != nil {
		return s, "", err
	}
	if branch, err = parseBranch(s.BRIN, fields[1]); err != nil {
		return s, "", err
	}
	if s.Name == "" {
		return s, "", errors.New("VESTIGINGSNAAM is empty")
	}
	s.Board, err = parseBoardNumber(fields[4])
	return s, branch, err
}

func parseBRIN(field string) (onboarding.InstitutionCode, error) {
	if field == "" {
		return "", errors.New("INSTELLINGSCODE is empty")
	}
	code, err := onboarding.ParseInstitutionCode(field)
	if err != nil || code.Kind() != onboarding.School || !strings.EqualFold(field, string(code)) {
		return "", fmt.Errorf("INSTELLINGSCODE: %q is not a BRIN (two digits, two letters)", field)
	}
	return code, nil
}

// parseBranch reads 16AH01, or 01 or 1 where the file has the suffix only; without one it is the main site.
func parseBranch(school onboarding.InstitutionCode, field string) (string, error) {
	if field == "" {
		return mainSite, nil
	}
	suffix := strings.TrimPrefix(strings.ToUpper(field), string(school))
	if len(suffix) == 1 {
		suffix = "0" + suffix
	}
	if len(suffix) != 2 || strings.Trim(suffix, "0123456789") != "" {
		return "", fmt.Errorf("VESTIGINGSCODE: %q is not a branch of %s (two digits, with or without the code before them)", field, school)
	}
	return suffix, nil
}

// schoolList gathers branches into schools, in the order of the file.
type schoolList struct {
	schools  []namedSchool
	index    map[onboarding.InstitutionCode]int
	branches map[branchKey]School
}

type namedSchool struct {
	school School
	branch string // the one that names it
}

type branchKey struct {
	school onboarding.InstitutionCode
	branch string
}

func (l *schoolList) add(school School, branch string) error {
	key := branchKey{school.BRIN, branch}
	if earlier, again := l.branches[key]; again {
		if school.Line = earlier.Line; school != earlier {
			return fmt.Errorf("branch %s%s stands on line %d with other data", school.BRIN, branch, earlier.Line)
		}
		return nil
	}
	i, known := l.index[school.BRIN]
	if !known {
		l.index[school.BRIN] = len(l.schools)
		l.schools = append(l.schools, namedSchool{school, branch})
	} else if named := &l.schools[i]; named.school.Board != school.Board {
		// Which board a school has decides who may log in for it: no guess.
		return fmt.Errorf("school %s has board %s here and %s on line %d", school.BRIN, school.Board, named.school.Board, named.school.Line)
	} else if branch < named.branch {
		*named = namedSchool{school, branch}
	}
	l.branches[key] = school
	return nil
}
