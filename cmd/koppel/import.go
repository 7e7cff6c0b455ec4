package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"koppel/duo"
	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
)

// desk is what the imports work with.
type desk struct {
	open func(context.Context) (*store.Store, error)
	dial func() (starter, func(), error) // Temporal; only asked when somebody has to be told
	now  func() time.Time
}

func importCommand(d desk) *cobra.Command {
	command := &cobra.Command{
		Use:   "import",
		Short: "Read registers and old accounts from a file",
		Long: "Reads a register file into the database: boards first, then schools, closures, accounts, representatives and\n" +
			"contacts.\n\n" +
			"Columns are separated by ; or by , and the text is UTF-8 or Windows-1252. A file is read as a whole or not at\n" +
			"all: every line that cannot be used is listed with its reason, and then nothing is changed. Reading a file\n" +
			"again, or next month's, is safe. --dry-run tells the same and changes nothing.\n\n" +
			"People whose school was merged, has closed or has moved to another board are told by mail, through Temporal.",
	}
	for _, kind := range []importKind{
		{name: "boards", short: "Read DUO's list of boards", long: "Columns: BEVOEGD GEZAG NUMMER, BEVOEGD GEZAG NAAM, KVK-NUMMER and, where present, PLAATSNAAM.\n" +
			"A board may be without KvK number; leading zeros that were lost are put back. What the file no longer has is\n" +
			"kept: see closures.", read: importBoards},
		{name: "schools", short: "Read DUO's list of schools or branches", long: "Columns: INSTELLINGSCODE (or BRIN NUMMER), VESTIGINGSNAAM (or INSTELLINGSNAAM), PLAATSNAAM,\n" +
			"BEVOEGD GEZAG NUMMER and, where present, VESTIGINGSCODE (or VESTIGINGSNUMMER): branch 00 names the school.\n" +
			"The boards must have been read before. A school with another board than before has moved. One that the file no\n" +
			"longer has is named and kept: DUO has several lists, and only closures close.", read: importSchools},
		{name: "closures", short: "Read which schools and boards were closed or merged", long: "Columns: INSTELLINGSCODE (a BRIN or a board number), OPGEHEVEN PER (2026-08-01 or 1-8-2026), OPGEGAAN IN (the\n" +
			"successor; empty where there is none). People of a merged institution act for the successor from then on. A line\n" +
			"with a day to come is counted as waiting: read the file again then.", removes: true, read: importClosures},
		{name: "accounts", short: "Read the accounts of the old helpdesk", long: "Columns: GEBRUIKERSNAAM, E-MAILADRES, INSTELLING (a BRIN or a board number), WACHTWOORD.\n\n" +
			"WACHTWOORD is the old digest with its scheme, one of md5, sha1 and sha256, in hexadecimal:\n" +
			"  sha1$<hex>                digest of the password\n" +
			"  sha1$<salt>$<hex>         digest of the salt followed by the password\n" +
			"  sha1-suffix$<salt>$<hex>  digest of the password followed by the salt\n\n" +
			"Each digest is wrapped in argon2id, which takes about 0.15 s; so does seeing that a digest is the one already\n" +
			"there. An account that somebody has linked stays as it is, and one that was linked once gets no password again.",
			read: importAccounts(passwords.Standard)},
		{name: "representatives", short: "Read who may decide for an institution", long: registeredHelp, removes: true, read: importRegistered(store.Representatives)},
		{name: "contacts", short: "Read who is registered as contact person", long: registeredHelp, removes: true, read: importRegistered(store.Contacts)},
	} {
		command.AddCommand(kind.command(d))
	}
	command.AddCommand(tellCommand(d))
	return command
}

const registeredHelp = "Columns: INSTELLING (a BRIN or a board number), E-MAILADRES.\n\n" +
	"The file is the whole list: an address that it no longer has is removed."

// importKind is one kind of file.
type importKind struct {
	name, short, long string
	removes           bool // what it has, or does not have, can take something away
	read              importer
}

// importer reads one kind of file. It returns the lines that it refused, and then has changed nothing.
type importer func(ctx context.Context, db *store.Store, job job) (report, error)

// job is one file to read and how.
type job struct {
	kind     string
	in       io.Reader
	notes    *notes
	dryRun   bool
	removals int // so many may vanish although that is much
	now      time.Time
}

type report struct {
	lines   int
	refused []duo.Refusal
	tally   store.Tally
	remarks []string
}

func (k importKind) command(d desk) *cobra.Command {
	var j job
	command := &cobra.Command{
		Use:   k.name + " FILE",
		Short: k.short,
		Long:  k.short + ". FILE may be - for standard input.\n\n" + k.long,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := openInput(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			defer file.Close()
			db, err := d.open(cmd.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			j.kind, j.now, j.notes = k.name, d.now(), newNotes(cmd.ErrOrStderr())
			j.in = j.notes.reading(k.name, file)
			result, err := k.read(cmd.Context(), db, j)
			if err != nil {
				return fmt.Errorf("import %s: %w; nothing was changed", k.name, err)
			}
			if err := result.print(cmd.OutOrStdout(), j); err != nil || j.dryRun {
				return err
			}
			return d.tellAfterImport(cmd, db)
		},
	}
	command.Flags().BoolVar(&j.dryRun, "dry-run", false, "tell what would be done, and change nothing")
	if k.removes {
		command.Flags().IntVar(&j.removals, "allow-removals", 0, "let so many vanish although it is more than a tenth")
	}
	return command
}

func openInput(name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(stdin), nil
	}
	return os.Open(name)
}

// print fails when lines were refused, so that the program's exit code tells.
func (r report) print(out io.Writer, j job) error {
	for _, refusal := range r.refused {
		fmt.Fprintf(out, "line %d: %s\n", refusal.Line, refusal.Reason)
	}
	for _, remark := range r.remarks {
		fmt.Fprintf(out, "%s: %s\n", j.kind, remark)
	}
	fmt.Fprintf(out, "%s: %d lines read, %d new, %d changed, %d unchanged, ", j.kind, r.lines, r.tally.New, r.tally.Changed, r.tally.Unchanged)
	if r.tally.Removed > 0 {
		fmt.Fprintf(out, "%d removed, ", r.tally.Removed)
	}
	fmt.Fprintf(out, "%d refused\n", len(r.refused))
	if len(r.refused) > 0 {
		return fmt.Errorf("import %s: %d lines refused; nothing was changed", j.kind, len(r.refused))
	}
	if j.dryRun {
		fmt.Fprintf(out, "%s: this was a dry run; nothing was changed\n", j.kind)
	}
	return nil
}

// write does the import in one transaction and audits it.
func (j job) write(ctx context.Context, db *store.Store, r *report, do func(*store.Tx) error) error {
	return db.Import(ctx, j.dryRun, func(tx *store.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Event{At: j.now, Name: onboarding.RegisterRead, Detail: map[string]any{
			"register": j.kind, "lines": r.lines, "new": r.tally.New, "changed": r.tally.Changed, "removed": r.tally.Removed}})
	})
}

// writeBatch is how many rows one statement takes.
const writeBatch = 1000

// batches writes a list with some progress.
func batches[Row any](j job, r *report, list []Row, write func([]Row) (store.Tally, error)) error {
	progress := j.notes.counting(j.kind, "written", len(list))
	for batch := range slices.Chunk(list, writeBatch) {
		tally, err := write(batch)
		if err != nil {
			return err
		}
		r.tally = r.tally.Plus(tally)
		progress.add(len(batch))
	}
	return nil
}

// guard refuses an import that lets more vanish than files do from month to month.
func (j job) guard(gone, before int, what string) error {
	if gone*onboarding.RemovalShare <= before || gone <= j.removals {
		return nil
	}
	return fmt.Errorf("%d of %d %s would vanish, which is more than a tenth: was the file cut off? If not, give --allow-removals %d",
		gone, before, what, gone)
}

// wanted is an institution that a line refers to.
type wanted struct {
	line   int
	code   onboarding.InstitutionCode
	column string
}

// refuseUnknown adds the lines that refer to an institution which the register does not have.
func refuseUnknown(ctx context.Context, db *store.Store, refused []duo.Refusal, lines []wanted) ([]duo.Refusal, error) {
	var codes []onboarding.InstitutionCode
	for _, l := range lines {
		codes = append(codes, l.code)
	}
	unknown, err := db.UnknownInstitutions(ctx, codes)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if slices.Contains(unknown, l.code) {
			refused = append(refused, duo.Refusal{Line: l.line,
				Reason: fmt.Sprintf("%s: %s %s is not in the register: import it first", l.column, l.code.Kind(), l.code)})
		}
	}
	duo.SortRefusals(refused)
	return refused, nil
}
