package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
)

func issueCodes(c *counter) *cobra.Command {
	var letter, file, letters string
	command := &cobra.Command{
		Use:   "issue INSTITUTION",
		Short: "Make an activation code and its letter, or those of a list",
		Long: "Prints the code once and writes a letter to print (HTML, one A4). With --file it makes a code for each institution\n" +
			"of a list (column INSTELLING) and writes what the letters need to --letters; a line that cannot be used is told with\n" +
			"its reason, and then nothing is changed. A code that the institution had before is good for nothing from then on.\n\n" +
			"What is written holds codes: only its owner can read it, and a file that is there is not written over.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (file != "") || (file != "") != (letters != "") {
				return errors.New("helpdesk code issue: give an INSTITUTION, or --file and --letters")
			}
			return c.act(cmd, helpdesk.IssueCode, func(s shift, act helpdesk.Act) error {
				i := issuing{shift: s, act: act, notes: newNotes(cmd.ErrOrStderr()), cost: passwords.Standard, at: s.now()}
				var err error
				if file != "" {
					err = i.list(cmd, file, letters)
				} else {
					err = i.one(cmd, args[0], letter)
				}
				if err != nil {
					return fmt.Errorf("helpdesk code issue: %w; nothing was changed", err)
				}
				return nil
			})
		},
	}
	command.Flags().StringVar(&letter, "letter", "", "where the letter goes (default activatiecode-INSTITUTION.html)")
	command.Flags().StringVar(&file, "file", "", "CSV with institutions; - is standard input")
	command.Flags().StringVar(&letters, "letters", "", "CSV to make, with a line per letter")
	return command
}

// issuing makes codes.
type issuing struct {
	shift
	act   helpdesk.Act
	notes *notes
	cost  passwords.Params
	at    time.Time // that all codes are made
}

// issued is a code on its way into a letter.
type issued struct {
	store.Addressee
	code    onboarding.ActivationCode
	hash    string
	expires time.Time
}

// String keeps the code out of logs.
func (i issued) String() string { return "code of " + string(i.Code) }

// one makes the code of one institution.
func (i issuing) one(cmd *cobra.Command, typed, letter string) error {
	code, err := onboarding.ParseInstitutionCode(typed)
	if err != nil {
		return err
	}
	known, err := i.db.Addressees(cmd.Context(), []onboarding.InstitutionCode{code})
	if err != nil {
		return err
	}
	if reason := unaddressed(known, code); reason != "" {
		return errors.New(reason)
	}
	if letter == "" {
		letter = fmt.Sprintf("activatiecode-%s.html", code)
	}
	made, err := i.issue(cmd.Context(), []store.Addressee{known[code]}, letter, func(out io.Writer, made []issued) error {
		return writeLetter(out, made[0], i.settings, i.at)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n", made[0].code.Printed())
	fmt.Fprintf(cmd.ErrOrStderr(), "De brief staat in %s. De code is hierna niet meer op te vragen.\n", letter)
	return nil
}

// unaddressed is why no letter can go to an institution, or nothing.
func unaddressed(known map[onboarding.InstitutionCode]store.Addressee, code onboarding.InstitutionCode) string {
	switch to, found := known[code]; {
	case !found:
		return fmt.Sprintf("institution %s is not known", code)
	case to.Closed:
		return fmt.Sprintf("institution %s has closed", code)
	}
	return ""
}

// issue makes a code for each, writes path and stores the codes, in one transaction: a letter with a code that is not
// stored, and a code that stands in no letter, are both good for nothing. It hashes before, so that the transaction is short.
func (i issuing) issue(ctx context.Context, to []store.Addressee, path string, write func(io.Writer, []issued) error) ([]issued, error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	made, err := i.draw(ctx, to)
	if err == nil {
		err = i.db.Transact(ctx, func(tx *store.Tx) error {
			if err := i.store(ctx, tx, made); err != nil {
				return err
			}
			return errors.Join(write(out, made), out.Sync())
		})
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return made, nil
}

// draw draws codes whose selectors are free and hashes their secrets.
func (i issuing) draw(ctx context.Context, to []store.Addressee) ([]issued, error) {
	count := i.notes.counting("codes", "made", len(to))
	count.every = noteEveryPassword
	made, taken := make([]issued, len(to)), map[string]bool{}
	expires := i.at.Add(onboarding.CodeLife)
	group, hashing := errgroup.WithContext(ctx)
	group.SetLimit(2) // package passwords works on no more at once
	for n := range to {
		code, err := i.free(ctx, taken)
		if err != nil {
			return nil, errors.Join(err, group.Wait())
		}
		made[n] = issued{Addressee: to[n], code: code, expires: expires}
		group.Go(func() (err error) {
			made[n].hash, err = i.cost.Hash(hashing, code.Secret())
			count.add(1)
			return err
		})
	}
	return made, group.Wait()
}

// free draws until the selector is nobody's, and takes it.
func (i issuing) free(ctx context.Context, taken map[string]bool) (onboarding.ActivationCode, error) {
	for {
		code, err := onboarding.NewActivationCode(rand.Reader)
		if err != nil {
			return "", err
		}
		used, err := i.db.SelectorTaken(ctx, code.Selector())
		if err != nil {
			return "", err
		}
		if !used && !taken[code.Selector()] {
			taken[code.Selector()] = true
			return code, nil
		}
	}
}

func (i issuing) store(ctx context.Context, tx *store.Tx, made []issued) error {
	for _, each := range made {
		id, replaced, err := tx.IssueActivationCode(ctx, each.Code, each.code.Selector(), each.hash, i.at, each.expires)
		if err != nil {
			return err
		}
		err = tx.Audit(ctx, store.Event{At: i.at, Name: onboarding.CodeIssued, Detail: i.act.Detail(map[string]any{
			"institution": each.Code, "code": id, "replaced": replaced})})
		if err != nil {
			return err
		}
	}
	return nil
}
