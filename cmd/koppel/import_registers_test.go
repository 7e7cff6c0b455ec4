package main

import (
	"database/sql"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

func (i imports) sql() *sql.DB {
	i.Helper()
	db, err := sql.Open("postgres", i.url)
	if err != nil {
		i.Fatal(err)
	}
	i.Cleanup(func() { db.Close() })
	return db
}

// dump is every row of every table.
func (i imports) dump() map[string]string {
	i.Helper()
	db := i.sql()
	names, err := db.QueryContext(i.Context(), `select table_name from information_schema.tables where table_schema = current_schema()`)
	if err != nil {
		i.Fatal(err)
	}
	defer names.Close()
	all := map[string]string{}
	for names.Next() {
		var name, rows string
		if err := names.Scan(&name); err != nil {
			i.Fatal(err)
		}
		err := db.QueryRowContext(i.Context(), fmt.Sprintf(`select coalesce(string_agg(r::text, E'\n' order by r::text), '') from %q r`, name)).Scan(&rows)
		if err != nil {
			i.Fatal(err)
		}
		all[name] = rows
	}
	return all
}

const registeredHeader = "INSTELLING;E-MAILADRES\n"

// monthly is a month's files with something of everything in them.
var monthly = []struct{ kind, content, want string }{
	{"boards", boardsHeader + "10249;De Nieuwe Regenboog;90001234\n20418;De Linde;90005678\n31544;Westerbroek;90020544\n",
		"boards: 3 lines read, 1 new, 1 changed, 1 unchanged, 0 refused\n"},
	{"schools", schoolsHeader + "03AB;00;De Regenboog;X;20418\n16AH;00;De Linde;X;20418\n29AZ;00;De Wegwijzer;X;20418\n",
		"schools: 1 open ones are not in this file and stay as they are: 14JT\n" +
			"schools: 3 lines read, 1 new, 1 changed, 1 unchanged, 0 refused\n"},
	{"closures", closuresHeader + "14JT;2026-08-01;03AB\n16AH;2027-08-01;\n",
		"closures: 1 lines wait for their day: read the file again then\n" +
			"closures: 2 lines read, 0 new, 1 changed, 0 unchanged, 0 refused\n"},
	{"accounts", accountsHeader + "jane;jane@regenboog.example;03AB;" + abcMD5 + "\n",
		"accounts: 1 lines read, 1 new, 0 changed, 0 unchanged, 0 refused\n"},
	{"representatives", registeredHeader + "10249;bestuur@regenboog.example\n20418;bestuur@linde.example\n",
		"representatives: 2 lines read, 2 new, 0 changed, 0 unchanged, 0 refused\n"},
	{"contacts", registeredHeader + "14JT;piet@kompas.example\n03AB;Piet@kompas.example\n10249;jane@regenboog.example\n",
		"contacts: 3 lines read, 3 new, 0 changed, 0 unchanged, 0 refused\n"},
}

func TestADryRunTellsTheSameAndChangesNothing(t *testing.T) {
	i := newImports(t)
	i.town()
	for _, m := range monthly {
		before := i.dump()
		flags := []string{"--dry-run"}
		if m.kind == "closures" {
			flags = append(flags, "--allow-removals", "1")
		}
		if got, want := i.must(m.kind, m.content, flags...), m.want+m.kind+": this was a dry run; nothing was changed\n"; got != want {
			t.Errorf("dry run:\n got %swant %s", got, want)
		}
		if after := i.dump(); !maps.Equal(before, after) {
			t.Errorf("a dry run of %s changed the database", m.kind)
		}
	}
}

func TestAMonthInOrder(t *testing.T) {
	i := newImports(t)
	i.town()
	for _, m := range monthly {
		var flags []string
		want := m.want
		switch m.kind {
		case "closures":
			flags, want = []string{"--allow-removals", "1"}, want+"tell: 3 mails started\n" // Jane's move too, again
		case "schools":
			want += "tell: 1 mails started\n"
		case "accounts", "representatives":
			want += "tell: 3 mails started\n"
		case "contacts":
			want = strings.Replace(want, "3 new", "2 new", 1) + "tell: 3 mails started\n"
		}
		if got := i.must(m.kind, m.content, flags...); got != want {
			t.Errorf("%s:\n got %swant %s", m.kind, got, want)
		}
	}
	if len(i.temporal.started) != 3 {
		t.Errorf("%d workflows, want Jane's move and both people of the merged school", len(i.temporal.started))
	}
	i.rows("memberships", `select person::text, institution, source, since::date::text from memberships order by 1, 2`,
		"11111111-1111-4111-8111-111111111111 03AB register 2025-12-01", // since the earlier of both
		"22222222-2222-4222-8222-222222222222 03AB activation 2026-03-01")
	i.rows("contacts", `select institution, email from contacts order by 1, 2`,
		"03AB Piet@kompas.example", "10249 jane@regenboog.example")
	i.rows("institutions", `select code, board, coalesce(closed_on::text, ''), coalesce(successor, '') from institutions where code in ('03AB', '14JT') order by 1`,
		"03AB 20418  ", "14JT 10249 2026-08-01 03AB")
	i.rows("audit", `select count(*)::text from audit where event = 'register.imported'`, "8")
}

// rows compares a query of texts.
func (i imports) rows(what, query string, want ...string) {
	i.Helper()
	found, err := i.sql().QueryContext(i.Context(), query)
	if err != nil {
		i.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		i.Fatal(err)
	}
	var got []string
	for found.Next() {
		values, targets := make([]string, len(columns)), make([]any, len(columns))
		for n := range values {
			targets[n] = &values[n]
		}
		if err := found.Scan(targets...); err != nil {
			i.Fatal(err)
		}
		got = append(got, strings.Join(values, " "))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		i.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestMergersOfOneFileAndOfEarlierOnesAreFollowed(t *testing.T) {
	i := newImports(t)
	i.town()
	i.must("schools", schoolsHeader+"29AZ;00;De Wegwijzer;X;20418\n")
	i.must("closures", closuresHeader+"03AB;1-8-2026;14JT\n", "--allow-removals", "9")
	i.must("closures", closuresHeader+"14JT;1-8-2026;16AH\n16AH;1-8-2026;29AZ\n", "--allow-removals", "9")
	i.rows("successors", `select code, successor from institutions where successor is not null order by 1`,
		"03AB 29AZ", "14JT 29AZ", "16AH 29AZ")
	i.rows("memberships", `select distinct institution from memberships`, "29AZ")
	again := "closures: 3 lines read, 0 new, 0 changed, 3 unchanged, 0 refused\n"
	if got := i.must("closures", closuresHeader+"03AB;1-8-2026;14JT\n14JT;1-8-2026;16AH\n16AH;1-8-2026;29AZ\n"); !strings.HasPrefix(got, again) {
		t.Errorf("again: %s, want %s", got, again)
	}
}

func TestASchoolThatIsClosedKeepsItsPeopleAndMayBeMergedLater(t *testing.T) {
	i := newImports(t)
	i.town()
	i.must("closures", closuresHeader+"14JT;20260801;\n", "--allow-removals", "1")
	i.rows("memberships", `select count(*)::text from memberships where institution = '14JT'`, "2")
	i.must("closures", closuresHeader+"14JT;20260801;16AH\n")
	i.rows("memberships", `select count(*)::text from memberships where institution = '16AH'`, "2")
	i.rows("changes", `select kind, coalesce(other, '') from register_changes order by at, kind`, "closed ", "merged 16AH")
}

func TestSchoolsOfAMergedBoardBelongToItsSuccessor(t *testing.T) {
	i := newImports(t)
	i.town()
	i.must("closures", closuresHeader+"10249;2026-08-01;20418\n", "--allow-removals", "1")
	i.rows("boards", `select code, board from institutions where kind = 'school' order by 1`, "03AB 20418", "14JT 20418", "16AH 20418")
	i.rows("changes", `select kind, institution, other from register_changes order by 1, 2`, "merged 10249 20418", "moved 03AB 20418", "moved 14JT 20418")
	list := schoolsHeader + "03AB;00;De Regenboog;X;10249\n14JT;00;Het Kompas;X;10249\n16AH;00;De Linde;X;20418\n"
	if got, want := i.must("schools", list), "schools: 3 lines read, 0 new, 0 changed, 3 unchanged, 0 refused\n"; !strings.HasPrefix(got, want) {
		t.Errorf("an older list: %s, want %s", got, want)
	}
}

func TestAListThatLooksCutOffChangesNothing(t *testing.T) {
	i := newImports(t)
	i.town()
	var long strings.Builder
	long.WriteString(registeredHeader)
	for n := range 10 {
		fmt.Fprintf(&long, "10249;person%d@regenboog.example\n", n)
	}
	i.must("contacts", long.String())
	i.must("contacts", registeredHeader+strings.Join(strings.Split(long.String(), "\n")[2:], "\n")) // one of ten
	before := i.dump()
	short := registeredHeader + "10249;person1@regenboog.example\n"
	for _, c := range []struct{ kind, content, want string }{
		{"contacts", short, "8 of 9 contacts would vanish, which is more than a tenth: was the file cut off? If not, give --allow-removals 8; nothing was changed"},
		{"contacts", registeredHeader, "9 of 9 contacts would vanish"},
		{"closures", closuresHeader + "16AH;2026-08-01;\n", "1 of 5 open institutions would vanish"},
	} {
		if _, err := i.run("", c.kind, i.file(c.content)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.kind, err, c.want)
		}
	}
	if after := i.dump(); !maps.Equal(before, after) {
		t.Error("something was changed")
	}
	if got, want := i.must("contacts", short, "--allow-removals", "8"), "contacts: 1 lines read, 0 new, 0 changed, 1 unchanged, 8 removed, 0 refused\n"; got != want {
		t.Errorf("allowed: %s, want %s", got, want)
	}
}

func TestTenThousandLinesTakeSeconds(t *testing.T) {
	i := newImports(t)
	i.must("boards", boardsHeader+"10249;De Regenboog;90001234\n")
	var schools, closures, contacts strings.Builder
	schools.WriteString(schoolsHeader)
	closures.WriteString(closuresHeader)
	contacts.WriteString(registeredHeader)
	for n := range 10_000 {
		code := fmt.Sprintf("%02d%c%c", n/100, 'A'+n%100/26, 'A'+n%100%26)
		fmt.Fprintf(&schools, "%s;00;School;X;10249\n", code)
		fmt.Fprintf(&contacts, "%s;contact%d@school.example\n", code, n)
		if n%100 > 0 {
			fmt.Fprintf(&closures, "%s;2026-08-01;%02dAA\n", code, n/100)
		}
	}
	for _, list := range []struct {
		kind    string
		content *strings.Builder
	}{{"schools", &schools}, {"contacts", &contacts}, {"closures", &closures}, {"schools", &schools}} {
		start := time.Now()
		out := i.must(list.kind, list.content.String(), map[bool][]string{true: {"--allow-removals", "9900"}}[list.kind == "closures"]...)
		t.Logf("%v: %s%s", time.Since(start).Round(time.Millisecond), out, i.temporal.said)
	}
	i.rows("successors", `select count(*)::text from institutions where successor is not null`, "9900")
	i.rows("contacts", `select count(distinct institution)::text || ' ' || count(*) from contacts`, "100 10000")
}
