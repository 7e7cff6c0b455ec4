package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
	"koppel/store/schematest"
)

const samples = "../../devstack/sample/"

// imports is a database and the command that reads into it.
type imports struct {
	*testing.T
	url      string
	temporal *engine
}

// importDay is when these imports are made.
var importDay = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)

func newImports(t *testing.T) imports {
	t.Helper()
	t.Parallel()
	return imports{t, schematest.URL(t), &engine{}}
}

func (i imports) open() *store.Store {
	i.Helper()
	db, err := store.Open(i.url)
	if err != nil {
		i.Fatal(err)
	}
	i.Cleanup(func() { db.Close() })
	return db
}

// run returns what the command printed on standard output.
func (i imports) run(input string, args ...string) (string, error) {
	command := importCommand(desk{i.opener, i.temporal.dial, func() time.Time { return importDay }})
	var out, progress bytes.Buffer
	command.SetArgs(args)
	command.SetIn(strings.NewReader(input))
	command.SetOut(&out)
	command.SetErr(&progress)
	command.SilenceErrors, command.SilenceUsage = true, true
	err := command.ExecuteContext(i.Context())
	i.temporal.said = progress.String()
	return out.String(), err
}

func (i imports) opener(context.Context) (*store.Store, error) { return store.Open(i.url) }

func (i imports) expect(want string, args ...string) {
	i.Helper()
	if got, err := i.run("", args...); err != nil || got != want {
		i.Fatalf("import %v: %v\ngot  %swant %s", args, err, got, want)
	}
}

func (i imports) file(content string) string {
	i.Helper()
	name := filepath.Join(i.TempDir(), "list.csv")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		i.Fatal(err)
	}
	return name
}

// cheap hashes as the product does, in a thousandth of the time.
var cheap = passwords.Params{Memory: 64, Passes: 1, Lanes: 1}

// accounts reads a list at a cost that suits a test.
func (i imports) accounts(content string, want report) {
	i.Helper()
	var progress bytes.Buffer
	read := importAccounts(cheap)
	got, err := read(i.Context(), i.open(), job{kind: "accounts", in: strings.NewReader(content), notes: newNotes(&progress), now: importDay})
	if err != nil || got.lines != want.lines || got.tally != want.tally || len(got.refused) != len(want.refused) {
		i.Fatalf("accounts: %+v, %v; want %+v", got, err, want)
	}
	for n := range want.refused {
		if got.refused[n] != want.refused[n] {
			i.Errorf("refused %v, want %v", got.refused[n], want.refused[n])
		}
	}
}

func (i imports) hashes(usernameKeys ...string) map[string]string {
	i.Helper()
	known, err := i.open().KnownAccounts(i.Context(), usernameKeys)
	if err != nil {
		i.Fatal(err)
	}
	hashes := map[string]string{}
	for key, account := range known {
		hashes[key] = account.PasswordHash
	}
	return hashes
}

func TestImportOfTheSamplesTwice(t *testing.T) {
	i := newImports(t)
	i.expect("boards: 20 lines read, 20 new, 0 changed, 0 unchanged, 0 refused\n", "boards", samples+"besturen.csv")
	i.expect("schools: 123 lines read, 100 new, 0 changed, 0 unchanged, 0 refused\n", "schools", samples+"scholen.csv")
	accounts, err := os.ReadFile(samples + "accounts.csv")
	if err != nil {
		t.Fatal(err)
	}
	i.accounts(string(accounts), report{lines: 12, tally: store.Tally{New: 12}})
	i.expect("representatives: 6 lines read, 6 new, 0 changed, 0 unchanged, 0 refused\n", "representatives", samples+"gemachtigden.csv")
	i.expect("contacts: 11 lines read, 11 new, 0 changed, 0 unchanged, 0 refused\n", "contacts", samples+"contactpersonen.csv")
	passwordsOf := map[string]string{
		"regenboog01": "Regenboog-2019", "regenboog02": "Regenboog-2020", "linde01": "Linde-2018",
		"kring01": "Kring-2020", "duinhaven01": "Duinhaven-2021", "noordkaap01": "Noordkaap-2015",
	}
	before := i.hashes("regenboog01", "regenboog02", "linde01", "kring01", "duinhaven01", "noordkaap01")
	for username, password := range passwordsOf {
		if right, err := passwords.Verify(t.Context(), before[username], password); !right || err != nil {
			t.Errorf("the password of %s is not accepted: %v", username, err)
		}
	}
	i.expect("boards: 20 lines read, 0 new, 0 changed, 20 unchanged, 0 refused\n", "boards", samples+"besturen.csv")
	i.expect("schools: 123 lines read, 0 new, 0 changed, 100 unchanged, 0 refused\n", "schools", samples+"scholen.csv")
	i.accounts(string(accounts), report{lines: 12, tally: store.Tally{Unchanged: 12}})
	if after := i.hashes("regenboog01", "regenboog02", "linde01", "kring01", "duinhaven01", "noordkaap01"); !maps.Equal(before, after) {
		t.Error("reading the same list again hashed anew")
	}
}

const (
	boardsHeader   = "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;KVK-NUMMER\n"
	schoolsHeader  = "INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;PLAATSNAAM;BEVOEGD GEZAG NUMMER\n"
	accountsHeader = "GEBRUIKERSNAAM;E-MAILADRES;INSTELLING;WACHTWOORD\n"
	abcMD5         = "md5$900150983cd24fb0d6963f7d28e17f72"
	abcSHA1        = "sha1$a9993e364706816aba3e25717850c26c9cd0d89d"
)

func TestARefusedLineChangesNothing(t *testing.T) {
	i := newImports(t)
	i.expect("boards: 1 lines read, 1 new, 0 changed, 0 unchanged, 0 refused\n", "boards", i.file(boardsHeader+"10249;De Regenboog;90001234\n"))
	for _, c := range []struct{ kind, content, want string }{
		{"boards", boardsHeader + "10249;De Nieuwe Regenboog;90001234\n20418;De Linde;90005678\n;Niemand;\n30001;De Eik;x\n",
			"line 4: BEVOEGD GEZAG NUMMER is empty\n" +
				"line 5: KVK-NUMMER: \"x\" is not a KvK number (eight digits)\n" +
				"boards: 4 lines read, 0 new, 0 changed, 0 unchanged, 2 refused\n"},
		{"schools", schoolsHeader + "03AB;00;De Regenboog;X;10249\n16AH;00;De Linde;X;20418\n17XX;00;;X;10249\n",
			"line 3: BEVOEGD GEZAG NUMMER: board 20418 is not in the register: import it first\n" +
				"line 4: VESTIGINGSNAAM is empty\n" +
				"schools: 3 lines read, 0 new, 0 changed, 0 unchanged, 2 refused\n"},
		{"accounts", accountsHeader + "a;a@regenboog.example;10249;" + abcMD5 + "\nb;b@regenboog.example;03AB;" + abcMD5 +
			"\nc;c@regenboog.example;10249;crypt$x\nd;;10249;" + abcMD5 + "\n",
			"line 3: INSTELLING: school 03AB is not in the register: import it first\n" +
				"line 4: WACHTWOORD: scheme is none of md5, sha1, sha256\n" +
				"line 5: E-MAILADRES is empty or not an e-mail address\n" +
				"accounts: 4 lines read, 0 new, 0 changed, 0 unchanged, 3 refused\n"},
	} {
		out, err := i.run("", c.kind, i.file(c.content))
		if err == nil || !strings.HasSuffix(err.Error(), "lines refused; nothing was changed") || out != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.kind, err, out, c.want)
		}
	}
	i.expect("boards: 1 lines read, 0 new, 0 changed, 1 unchanged, 0 refused\n", "boards", i.file(boardsHeader+"10249;De Regenboog;90001234\n"))
	if known := i.hashes("a"); len(known) > 0 {
		t.Error("an account was stored")
	}
	codes := []onboarding.InstitutionCode{"03AB", "20418"}
	if unknown, err := i.open().UnknownInstitutions(t.Context(), codes); err != nil || len(unknown) != 2 {
		t.Errorf("of %v only %v are unknown, %v", codes, unknown, err)
	}
}

func TestTheCommandHashesAtStandardCost(t *testing.T) {
	i := newImports(t)
	i.expect("boards: 1 lines read, 1 new, 0 changed, 0 unchanged, 0 refused\n", "boards", i.file(boardsHeader+"10249;De Regenboog;90001234\n"))
	i.expect("accounts: 1 lines read, 1 new, 0 changed, 0 unchanged, 0 refused\n", "accounts",
		i.file(accountsHeader+"jane;jane@regenboog.example;10249;"+abcMD5+"\n"))
	if got, want := i.hashes("jane")["jane"], "md5$argon2id$v=19$m=65536,t=3,p=1$"; !strings.HasPrefix(got, want) {
		t.Fatalf("stored %s, want it to begin with %s", got, want)
	}
}

func TestAnotherDigestReplacesTheFirst(t *testing.T) {
	i := newImports(t)
	i.expect("boards: 1 lines read, 1 new, 0 changed, 0 unchanged, 0 refused\n", "boards", i.file(boardsHeader+"10249;De Regenboog;90001234\n"))
	row := func(username, digest string) string {
		return username + ";jane@regenboog.example;10249;" + digest + "\n"
	}
	i.accounts(accountsHeader+row("jane", abcMD5)+row("piet", abcMD5), report{lines: 2, tally: store.Tally{New: 2}})
	first := i.hashes("jane", "piet")
	i.accounts(accountsHeader+row("jane", abcSHA1)+row("piet", abcMD5), report{lines: 2, tally: store.Tally{Changed: 1, Unchanged: 1}})
	second := i.hashes("jane", "piet")
	if second["piet"] != first["piet"] || !strings.HasPrefix(second["jane"], "sha1$argon2id$") {
		t.Fatalf("jane from %s to %s, piet kept: %v", first["jane"], second["jane"], second["piet"] == first["piet"])
	}
	i.accounts(accountsHeader+row("JANE", abcSHA1), report{lines: 1, tally: store.Tally{Changed: 1}}) // as it is shown
	if third := i.hashes("jane"); third["jane"] != second["jane"] {
		t.Fatal("a change of case hashed anew")
	}
}

func TestALinkedAccountIsNotHashed(t *testing.T) {
	digest, err := passwords.ParseDigest(abcMD5)
	if err != nil {
		t.Fatal(err)
	}
	w := wrapping{cost: cheap}
	if got, err := w.storedPassword(t.Context(), store.KnownAccount{Ended: true}, digest); got != "" || err != nil {
		t.Fatalf("got %q, %v; want nothing", got, err)
	}
}

func TestAFileThatCannotBeReadChangesNothing(t *testing.T) {
	i := newImports(t)
	out, err := i.run("", "boards", samples+"scholen.csv")
	if err == nil || !strings.Contains(err.Error(), "column BEVOEGD GEZAG NAAM, KVK-NUMMER is missing; the header has: PROVINCIE |") || out != "" {
		t.Errorf("the list of schools for boards: %q, %v", out, err)
	}
	if _, err := i.run("", "boards", samples+"nobody.csv"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := i.run("", "boards"); err == nil {
		t.Error("no argument is accepted")
	}
}

func TestImportFromStandardInput(t *testing.T) {
	i := newImports(t)
	out, err := i.run(boardsHeader+"10249;De Regenboog;90001234\n", "boards", "-")
	if want := "boards: 1 lines read, 1 new, 0 changed, 0 unchanged, 0 refused\n"; err != nil || out != want {
		t.Fatalf("%q, %v; want %q", out, err, want)
	}
}

func TestProgressInALog(t *testing.T) {
	var out bytes.Buffer
	n := newNotes(&out)
	p := n.counting("passwords", "hashed", 120)
	p.every = 50
	for range 120 {
		p.add(1)
	}
	if _, err := io.Copy(io.Discard, n.reading("boards", strings.NewReader(strings.Repeat("x\n", 10_001)))); err != nil {
		t.Fatal(err)
	}
	want := "passwords: 50 of 120 hashed\npasswords: 100 of 120 hashed\npasswords: 120 of 120 hashed\n"
	if got := out.String(); !strings.HasPrefix(got, want) || strings.Count(got, "lines read\n") != 2 {
		t.Fatalf("printed %q, want %q and two notes on 10,001 lines", got, want)
	}
}

func TestProgressOnATerminalStaysOnOneLine(t *testing.T) {
	var out bytes.Buffer
	p := (&notes{out: &out, terminal: true}).counting("boards", "written", 3)
	p.add(2)
	p.add(1)
	if want := "\r\x1b[Kboards: 2 of 3 written\r\x1b[Kboards: 3 of 3 written\n"; out.String() != want {
		t.Fatalf("printed %q, want %q", out.String(), want)
	}
}
