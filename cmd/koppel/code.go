package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

func codeCommand(c *counter) *cobra.Command {
	command := &cobra.Command{
		Use:   "code",
		Short: "Make, end or look up activation codes",
		Long: "An activation code lets a school or board without an account link eHerkenning. It is good for 21 days and for one\n" +
			"link; a new one ends the one before it. It stands in the letter only: nobody can look it up.",
	}
	command.AddCommand(issueCodes(c), voidCode(c), showCode(c))
	return command
}

func voidCode(c *counter) *cobra.Command {
	return &cobra.Command{
		Use:   "void INSTITUTION",
		Short: "Make the code of an institution good for nothing",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			institution, err := onboarding.ParseInstitutionCode(args[0])
			if err != nil {
				return fmt.Errorf("helpdesk code void: %w", err)
			}
			return c.act(cmd, helpdesk.VoidCode, func(s shift, act helpdesk.Act) error {
				voided, err := s.void(cmd, act, institution)
				if err == nil && !voided {
					err = fmt.Errorf("%s has no code that is good for anything", institution)
				}
				if err != nil {
					return fmt.Errorf("helpdesk code void: %w", err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "De activatiecode van %s werkt niet meer.\n", institution)
				return nil
			})
		},
	}
}

func (s shift) void(cmd *cobra.Command, act helpdesk.Act, institution onboarding.InstitutionCode) (voided bool, err error) {
	return voided, s.db.Transact(cmd.Context(), func(tx *store.Tx) error {
		now := s.now()
		if voided, err = tx.VoidActivationCodes(cmd.Context(), institution, now); err != nil || !voided {
			return err
		}
		return tx.Audit(cmd.Context(), store.Event{At: now, Name: onboarding.CodeVoided,
			Detail: act.Detail(map[string]any{"institution": institution})})
	})
}

func showCode(c *counter) *cobra.Command {
	return &cobra.Command{
		Use:   "show INSTITUTION",
		Short: "Tell the state of the newest code of an institution, never the code",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			institution, err := onboarding.ParseInstitutionCode(args[0])
			if err != nil {
				return fmt.Errorf("helpdesk code show: %w", err)
			}
			return c.serve(cmd, helpdesk.ShowCode, func(s shift) error {
				code, err := s.db.LatestActivationCode(cmd.Context(), institution)
				if onboarding.KindOf(err) == onboarding.NotFound {
					return fmt.Errorf("helpdesk code show: %s never had a code", institution)
				}
				if err != nil {
					return fmt.Errorf("helpdesk code show: %w", err)
				}
				out := cmd.OutOrStdout()
				fmt.Fprintf(out, "Activatiecode van %s (%s)\n", code.Name, institution)
				row(out, "Gemaakt", workflows.ClockText(code.IssuedAt))
				row(out, "Stand", s.stateOf(code))
				return nil
			})
		},
	}
}

// stateOf is the state of a code as the helpdesk reads it.
func (s shift) stateOf(code store.ActivationCode) string {
	switch {
	case code.UsedAt.Valid:
		return "gebruikt op " + workflows.ClockText(code.UsedAt.Time)
	case code.VoidedAt.Valid:
		return "beëindigd of vervangen op " + workflows.ClockText(code.VoidedAt.Time)
	case !s.now().Before(code.ExpiresAt):
		return "verlopen op " + workflows.ClockText(code.ExpiresAt)
	}
	return "geldig tot " + workflows.ClockText(code.ExpiresAt)
}
