package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// eventsShown is how many lines of audit are shown of a case.
const eventsShown = 10

func showReference(c *counter) *cobra.Command {
	var code string
	command := &cobra.Command{
		Use:   "show REFERENCE",
		Short: "Look up a reference: a case of any kind, or a login that did not succeed",
		Long: "Shows where the cases with a reference stand, since and until when, what became of their mails and how they\n" +
			"ended, with their last lines of audit; or why a login did not succeed and what the caller can do.\n\n" +
			"It works without Temporal. The audit keeps who looked up what.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			reference, err := onboarding.ParseReference(args[0])
			if err != nil {
				return fmt.Errorf("helpdesk show: %q is no reference: want eight signs, as K3TF-9M2Q", args[0])
			}
			verb := helpdesk.Show
			if code != "" {
				verb = helpdesk.Recognise
			}
			return c.serve(cmd, verb, func(s shift) error {
				found, err := s.look(cmd.Context(), reference, code)
				if err != nil {
					return fmt.Errorf("helpdesk show: %w", err)
				}
				if err := found.print(cmd.OutOrStdout()); err != nil {
					return err
				}
				s.printQuery(cmd.OutOrStdout(), workflows.Filter{Reference: reference}.Query())
				return nil
			})
		},
	}
	command.Flags().StringVar(&code, "control", "", "code that the caller reads out from the page: tells whether it is of this login")
	return command
}

// dossier is what there is about one reference.
type dossier struct {
	reference onboarding.Reference
	control   control
	cases     []caseFile
	logins    []store.Told
}

type caseFile struct {
	store.Found
	person store.FoundPerson // only what the agent's role may see
	mails  []store.FoundMail
	events []store.Told
}

// look reads what there is about a reference, and notes in the same transaction who asked. code is what a caller read out
// from a page; it may be empty.
func (s shift) look(ctx context.Context, reference onboarding.Reference, code string) (dossier, error) {
	found := dossier{reference: reference}
	return found, s.db.Transact(ctx, func(tx *store.Tx) error {
		cases, err := tx.CasesByReference(ctx, reference)
		if err != nil {
			return err
		}
		if found.control, err = s.checkControl(ctx, tx, reference, cases, code); err != nil {
			return err
		}
		for _, each := range cases {
			file := caseFile{Found: each}
			if s.agent.Role.May(helpdesk.Recognise) {
				if file.person, err = tx.PersonOf(ctx, each); err != nil {
					return err
				}
			}
			if file.mails, err = tx.NewestMails(ctx, each.ID); err != nil {
				return err
			}
			if file.events, err = tx.LastOfCase(ctx, each.ID, eventsShown); err != nil {
				return err
			}
			found.cases = append(found.cases, file)
		}
		if found.logins, err = tx.AboutReference(ctx, onboarding.LoginRefused, reference); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Event{At: s.now(), Name: onboarding.HelpdeskLooked, Detail: map[string]any{
			"agent": s.agent.ID, "reference": reference, "control": found.control, "cases": len(found.cases), "logins": len(found.logins)}})
	})
}

// kindNames are the kinds of cases, in Dutch.
var kindNames = map[onboarding.CaseKind]string{
	onboarding.LinkingCase:     "Koppeling",
	onboarding.AdditionCase:    "Toevoeging",
	onboarding.ResetCase:       "Nieuw wachtwoord",
	onboarding.EmailChangeCase: "Wijziging van e-mailadres",
	onboarding.UnlinkingCase:   "Ontkoppeling",
}

func (d dossier) print(out io.Writer) error {
	if len(d.cases)+len(d.logins) == 0 {
		return fmt.Errorf("helpdesk show: %s is of no case and of no login that did not succeed. A case that nobody finished is kept "+
			"for 30 days. The reference of a page with a fault stands in the log: ask the operators", d.reference)
	}
	fmt.Fprintln(out, d.reference)
	row(out, "Controlecode", controlNames[d.control])
	for _, each := range d.cases {
		each.print(out)
	}
	for _, login := range d.logins {
		printLogin(out, login)
	}
	return nil
}

func (f caseFile) print(out io.Writer) {
	fmt.Fprintf(out, "\n%s", kindNames[f.Kind])
	if f.Institution != "" {
		fmt.Fprintf(out, " %s", f.Institution)
	}
	if f.person.Institution != "" {
		fmt.Fprintf(out, " %s", f.person.Institution)
	}
	fmt.Fprintln(out)
	row(out, "Stap", strings.TrimSpace(fmt.Sprintf("%s (%s)", workflows.StepName(f.Kind, f.Step), f.Step)))
	row(out, "Sinds", workflows.ClockText(f.Since))
	if !f.EndedAt.Valid {
		row(out, "Uiterlijk", workflows.ClockText(f.Deadline))
		row(out, "Op slot tot", workflows.ClockText(f.LockedUntil.Time))
	}
	row(out, "Pincode naar", f.person.PINAddress)
	row(out, "Voorstel", proposal(f.person.Proposer))
	row(out, "Account", f.person.Email.Masked())
	row(out, "Instellingen", strings.Join(f.person.Institutions, ", "))
	for _, mail := range f.mails {
		row(out, "Mail "+string(mail.Kind), mailLine(mail))
	}
	for i, event := range f.events {
		name := ""
		if i == 0 {
			name = "Gebeurd"
		}
		fmt.Fprintf(out, "  %-14s %s  %s%s\n", name, workflows.ClockText(event.At), event.Name, detailText(event.Detail))
	}
}

// proposal tells that an agent has proposed another address.
func proposal(agent string) string {
	if agent == "" {
		return ""
	}
	return "ander e-mailadres, door " + agent + "; een andere medewerker bevestigt het"
}

func row(out io.Writer, name, value string) {
	if value != "" {
		fmt.Fprintf(out, "  %-14s %s\n", name, value)
	}
}

func mailLine(m store.FoundMail) string {
	at := m.RequestedAt
	if m.AcceptedAt.Valid {
		at = m.AcceptedAt.Time
	}
	text := fmt.Sprintf("%s, %s", workflows.MailName(m.State), workflows.ClockText(at))
	if m.RefusalCode.Valid {
		text += fmt.Sprintf(" (antwoord %d)", m.RefusalCode.Int32)
	}
	if m.Status != "" {
		text += fmt.Sprintf(" (melding %s)", m.Status)
	}
	if m.Number > 1 {
		text += fmt.Sprintf(", mail %d", m.Number)
	}
	return text
}

// detailText is what the audit has besides the name: codes, counts and ids.
func detailText(detail map[string]any) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(detail)) {
		if value := detail[key]; value != nil && value != "" {
			fmt.Fprintf(&text, " %s=%v", key, value)
		}
	}
	return text.String()
}
