package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"koppel/duo"
	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
)

func importCommand(open func(context.Context) (*store.Store, error)) *cobra.Command {
	command := &cobra.Command{
		Use:   "import",
		Short: "Read boards, schools or old accounts from a file",
		Long: "Reads a register file into the database: boards first, then schools, then accounts.\n\n" +
			"Columns are separated by ; or by , and the text is UTF-8 or Windows-1252. A file is read as a whole or not at\n" +
			"all: every line that cannot be used is listed with its reason, and then nothing is changed. Reading a file\n" +
			"again, or next month's, is safe. What a file no longer has is kept.",
	}
	command.AddCommand(
		importKind("boards", "Read DUO's list of boards",
			"Columns: BEVOEGD GEZAG NUMMER, BEVOEGD GEZAG NAAM, KVK-NUMMER and, where present, PLAATSNAAM.\n"+
				"A board may be without KvK number; leading zeros that were lost are put back.", open, importBoards),
		importKind("schools", "Read DUO's list of schools or branches",
			"Columns: INSTELLINGSCODE (or BRIN NUMMER), VESTIGINGSNAAM (or INSTELLINGSNAAM), PLAATSNAAM,\n"+
				"BEVOEGD GEZAG NUMMER and, where present, VESTIGINGSCODE (or VESTIGINGSNUMMER): branch 00 names the school.\n"+
				"The boards must have been read before.", open, importSchools),
		importKind("accounts", "Read the accounts of the old helpdesk",
			"Columns: GEBRUIKERSNAAM, E-MAILADRES, INSTELLING (a BRIN or a board number), WACHTWOORD.\n\n"+
				"WACHTWOORD is the old digest with its scheme, one of md5, sha1 and sha256, in hexadecimal:\n"+
				"  sha1$<hex>                digest of the password\n"+
				"  sha1$<salt>$<hex>         digest of the salt followed by the password\n"+
				"  sha1-suffix$<salt>$<hex>  digest of the password followed by the salt\n\n"+
				"Each digest is wrapped in argon2id, which takes about 0.15 s; so does seeing that a digest is the one already\n"+
				"there. An account that somebody has linked stays as it is.", open, importAccounts(passwords.Standard)),
	)
	return command
}

// importer reads one kind of file. It returns the lines that it refused, and then has changed nothing.
type importer func(ctx context.Context, db *store.Store, file io.Reader, progress io.Writer) (report, error)

type report struct {
	lines   int
	refused []duo.Refusal
	tally   store.Tally
}

func importKind(kind, short, long string, open func(context.Context) (*store.Store, error), read importer) *cobra.Command {
	return &cobra.Command{
		Use:   kind + " FILE",
		Short: short,
		Long:  short + ". FILE may be - for standard input.\n\n" + long,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := openInput(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			defer file.Close()
			db, err := open(cmd.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			result, err := read(cmd.Context(), db, file, cmd.ErrOrStderr())
			if err != nil {
				return fmt.Errorf("import %s: %w; nothing was changed", kind, err)
			}
			return result.print(cmd.OutOrStdout(), kind)
		},
	}
}

func openInput(name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(stdin), nil
	}
	return os.Open(name)
}

// print fails when lines were refused, so that the program's exit code tells.
func (r report) print(out io.Writer, kind string) error {
	for _, refusal := range r.refused {
		fmt.Fprintf(out, "line %d: %s\n", refusal.Line, refusal.Reason)
	}
	fmt.Fprintf(out, "%s: %d lines read, %d new, %d changed, %d unchanged, %d refused\n",
		kind, r.lines, r.tally.New, r.tally.Changed, r.tally.Unchanged, len(r.refused))
	if len(r.refused) > 0 {
		return fmt.Errorf("import %s: %d lines refused; nothing was changed", kind, len(r.refused))
	}
	return nil
}

func importBoards(ctx context.Context, db *store.Store, in io.Reader, _ io.Writer) (report, error) {
	file, err := duo.Boards(in)
	if err != nil {
		return report{}, err
	}
	var list []store.Institution
	for _, b := range file.Rows {
		list = append(list, store.Institution{Code: b.Number, Name: b.Name, Place: b.Place, KvK: b.KvK})
	}
	return finishInstitutions(ctx, db, report{lines: file.Lines, refused: file.Refused}, list)
}

func importSchools(ctx context.Context, db *store.Store, in io.Reader, _ io.Writer) (report, error) {
	file, err := duo.Schools(in)
	if err != nil {
		return report{}, err
	}
	var list []store.Institution
	var boards []wanted
	for _, s := range file.Rows {
		list = append(list, store.Institution{Code: s.BRIN, Name: s.Name, Place: s.Place, Board: s.Board})
		boards = append(boards, wanted{s.Line, s.Board})
	}
	refused, err := refuseUnknown(ctx, db, file.Refused, boards)
	if err != nil {
		return report{}, err
	}
	return finishInstitutions(ctx, db, report{lines: file.Lines, refused: refused}, list)
}

func finishInstitutions(ctx context.Context, db *store.Store, r report, list []store.Institution) (report, error) {
	if len(r.refused) > 0 {
		return r, nil
	}
	var err error
	r.tally, err = db.ImportInstitutions(ctx, list)
	return r, err
}

// wanted is an institution that a line refers to.
type wanted struct {
	line int
	code onboarding.InstitutionCode
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
				Reason: fmt.Sprintf("%s %s is not in the register: import it first", l.code.Kind(), l.code)})
		}
	}
	duo.SortRefusals(refused)
	return refused, nil
}
