package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/passwords"
)

var why = []string{"--reason", string(helpdesk.NewInstitution), "--ticket", "HD-20261"}

func (d *helpdeskDesk) withSchools() (token, folder string) {
	d.Helper()
	d.exec(`
		insert into institutions (code, kind, name, place, closed_on) values
			('03AB', 'school', 'De Regenboog', 'UTRECHT', null), ('16AH', 'school', 'De Linde', '', null),
			('24VX', 'school', 'De Wegwijzer', '', '2026-08-01')`)
	return d.newAgent("fatima", helpdesk.Desk), d.TempDir()
}

var printed = regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b`)

// proves tells whether the code is the one of an institution that is good for something.
func (d *helpdeskDesk) proves(institution onboarding.InstitutionCode, code string) bool {
	d.Helper()
	parsed, err := onboarding.ParseActivationCode(code)
	if err != nil {
		d.Fatalf("%q: %v", code, err)
	}
	kept, err := d.db.LatestActivationCode(d.Context(), institution)
	if err != nil {
		d.Fatal(err)
	}
	right, err := passwords.Verify(d.Context(), kept.SecretHash, parsed.Secret())
	return err == nil && right && !kept.VoidedAt.Valid && kept.ExpiresAt.Sub(kept.IssuedAt) == onboarding.CodeLife
}

func TestCodeIsPrintedOnceAndStandsInItsLetterOnly(t *testing.T) {
	d := newHelpdeskDesk(t)
	token, folder := d.withSchools()
	path := filepath.Join(folder, "letter.html")
	out, err := d.helpdesk(token, append([]string{"code", "issue", "03ab", "--letter", path}, why...)...)
	if err != nil {
		t.Fatal(err)
	}
	code := printed.FindString(out)
	if !d.proves("03AB", code) {
		t.Errorf("%q proves nothing", code)
	}
	letter, err := os.ReadFile(path)
	for _, want := range []string{code, "De Regenboog", "UTRECHT", "(03AB)"} {
		if err != nil || !strings.Contains(string(letter), want) {
			t.Errorf("the letter lacks %q, %v", want, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if audited := d.scan(`select detail::text from audit where event = 'code.issued'`); !strings.Contains(audited, "HD-20261") ||
		!strings.Contains(audited, "new_institution") || !strings.Contains(audited, "agent") || strings.Contains(audited, code[5:]) {
		t.Errorf("audited as %s", audited)
	}
	shown, err := d.helpdesk(token, "code", "show", "03AB")
	if err != nil || !strings.Contains(shown, "geldig tot") || printed.MatchString(shown) {
		t.Errorf("%s, %v", shown, err)
	}
}

func TestNewerCodeEndsTheOneBefore(t *testing.T) {
	d := newHelpdeskDesk(t)
	token, folder := d.withSchools()
	var codes []string
	for _, name := range []string{"1", "2"} {
		out, err := d.helpdesk(token, append([]string{"code", "issue", "03AB", "--letter", filepath.Join(folder, name)}, why...)...)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, printed.FindString(out))
	}
	if d.proves("03AB", codes[0]) || !d.proves("03AB", codes[1]) {
		t.Error("not the newer one proves")
	}
	if n := d.scan(`select count(*)::text from activation_codes where used_at is null and voided_at is null`); n != "1" {
		t.Errorf("%s codes are good for something", n)
	}
	out, err := d.helpdesk(token, append([]string{"code", "void", "03AB"}, why...)...)
	if err != nil || d.proves("03AB", codes[1]) {
		t.Errorf("%s, %v", out, err)
	}
	if _, err := d.helpdesk(token, append([]string{"code", "void", "03AB"}, why...)...); err == nil {
		t.Error("voided twice")
	}
}

func TestCodeIsNotMade(t *testing.T) {
	d := newHelpdeskDesk(t)
	token, folder := d.withSchools()
	there := filepath.Join(folder, "there")
	if err := os.WriteFile(there, []byte("codes"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"institution unknown":   append([]string{"code", "issue", "99ZZ", "--letter", filepath.Join(folder, "a")}, why...),
		"institution closed":    append([]string{"code", "issue", "24VX", "--letter", filepath.Join(folder, "b")}, why...),
		"letter is there":       append([]string{"code", "issue", "03AB", "--letter", there}, why...),
		"no reason":             {"code", "issue", "03AB", "--letter", filepath.Join(folder, "c")},
		"letter has no folder":  append([]string{"code", "issue", "03AB", "--letter", filepath.Join(folder, "no", "d")}, why...),
		"institution and file":  append([]string{"code", "issue", "03AB", "--file", there, "--letters", "x"}, why...),
		"file without letters":  append([]string{"code", "issue", "--file", there}, why...),
		"nothing is asked for":  append([]string{"code", "issue"}, why...),
		"neither BRIN nor code": append([]string{"code", "issue", "school"}, why...),
	} {
		if out, err := d.helpdesk(token, args...); err == nil || printed.MatchString(out) {
			t.Errorf("%s: %s, %v", name, out, err)
		}
	}
	operator := d.newAgent("joost", helpdesk.Operator)
	if _, err := d.helpdesk(operator, append([]string{"code", "issue", "03AB", "--letter", filepath.Join(folder, "e")}, why...)...); err == nil {
		t.Error("an operator made a code")
	}
	if n := d.scan(`select count(*)::text from activation_codes`); n != "0" {
		t.Errorf("%s codes", n)
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestListOfInstitutionsBecomesAListOfLetters(t *testing.T) {
	d := newHelpdeskDesk(t)
	token, folder := d.withSchools()
	list, letters := filepath.Join(folder, "in.csv"), filepath.Join(folder, "out.csv")
	issue := func(content string) (string, error) {
		t.Helper()
		if err := os.WriteFile(list, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return d.helpdesk(token, append([]string{"code", "issue", "--file", list, "--letters", letters}, why...)...)
	}
	out, err := issue("INSTELLING;NAAM\n03AB;x\nschool;x\n99ZZ;x\n03ab;x\n24VX;x\n")
	for _, want := range []string{"line 3: ", "line 4: INSTELLING: institution 99ZZ is not known", "line 5: ", "line 6: INSTELLING: institution 24VX has closed"} {
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("lacks %q: %s, %v", want, out, err)
		}
	}
	if _, err := os.Stat(letters); err == nil || d.scan(`select count(*)::text from activation_codes`) != "0" {
		t.Fatal("something was changed")
	}
	if out, err = issue("INSTELLING\n03AB\n16AH\n"); err != nil || !strings.Contains(out, "2 codes made") || printed.MatchString(out) {
		t.Fatalf("%s, %v", out, err)
	}
	content, err := os.ReadFile(letters)
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	if err != nil || len(lines) != 3 || !d.proves("03AB", printed.FindString(lines[1])) || !d.proves("16AH", printed.FindString(lines[2])) {
		t.Errorf("%s, %v", content, err)
	}
	if info, _ := os.Stat(letters); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if _, err = issue("INSTELLING\n03AB\n"); err == nil {
		t.Error("written over")
	}
}

func TestLetterNamesTheDayThatTheCodeEnds(t *testing.T) {
	var out strings.Builder
	made := issued{code: "BFGG5CDHP18DJGJ4", expires: time.Date(2026, 12, 14, 9, 0, 0, 0, time.UTC)}
	made.Code, made.Name = "03AB", "De <Regenboog>"
	err := writeLetter(&out, made, settings{PublicURL: "https://mijnhelpdeskpo.example", HelpdeskMail: "helpdesk@example.nl", HelpdeskPhone: "0800 0000"},
		time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	for _, want := range []string{"BFGG-5CDH-P18D-JGJ4", "tot 14 december 2026", "23 november 2026", "https://mijnhelpdeskpo.example", "De &lt;Regenboog&gt;"} {
		if err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q, %v", want, err)
		}
	}
}

// scan is the one value of a query.
func (d *helpdeskDesk) scan(query string) (value string) {
	d.Helper()
	db, err := sql.Open("postgres", d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(d.Context(), query).Scan(&value); err != nil {
		d.Fatal(err)
	}
	return value
}
