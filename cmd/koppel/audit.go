package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"koppel/store"
)

// exitBroken is the exit code of a verification that found something; 1 says that it could not be made.
const exitBroken = 2

// auditBroken is what verify found wrong.
type auditBroken struct{ fault string }

func (e *auditBroken) Error() string { return "audit: " + e.fault }

// ExitCode sets what the program ends with.
func (e *auditBroken) ExitCode() int { return exitBroken }

func auditCommand(open func(context.Context) (*store.Store, error)) *cobra.Command {
	command := &cobra.Command{Use: "audit", Short: "Verify the audit"}
	command.AddCommand(auditVerifyCommand(open))
	return command
}

func auditVerifyCommand(open func(context.Context) (*store.Store, error)) *cobra.Command {
	var head string
	var age time.Duration
	command := &cobra.Command{
		Use:   "verify",
		Short: "Recompute the chain of hashes over the audit",
		Long: "Recomputes the chain of hashes over the audit and names the first place where something was changed or removed.\n\n" +
			"Keep the head that it prints somewhere else. With --head of an earlier day it also finds an end that was cut\n" +
			"off, and a chain that was written anew: nothing inside the database can tell these.\n\n" +
			"Exit code 0: whole. 2: not whole, or rows have been waiting for the chain for too long. 1: not verified.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			wanted, err := parseHead(head)
			if err != nil {
				return err
			}
			db, err := open(cmd.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			now := time.Now()
			report, err := db.VerifyAudit(cmd.Context(), wanted, now)
			if err != nil {
				return fmt.Errorf("audit verify: %w", err)
			}
			return printAudit(cmd.OutOrStdout(), report, age, now)
		},
	}
	command.Flags().StringVar(&head, "head", "", "a head that an earlier verification printed; it must be in the chain")
	command.Flags().DurationVar(&age, "pending", 10*time.Minute, "how long a row may wait for the chain")
	return command
}

func parseHead(head string) ([]byte, error) {
	if head == "" {
		return nil, nil
	}
	hash, err := hex.DecodeString(head)
	if err != nil || len(hash) != 32 {
		return nil, errors.New("--head: want the 64 hexadecimal digits that an earlier verification printed")
	}
	return hash, nil
}

// printAudit fails when the audit is not whole, so that the program's exit code tells.
func printAudit(out io.Writer, report store.AuditReport, age time.Duration, now time.Time) error {
	if report.Fault != "" {
		return &auditBroken{report.Fault}
	}
	fmt.Fprintf(out, "audit: %d rows verified", report.Rows)
	if report.First > 1 {
		fmt.Fprintf(out, " from position %d (those before it were swept)", report.First)
	}
	fmt.Fprintf(out, "\nhead: %x\nnot chained yet: %d", report.Head, report.Pending)
	if report.Pending == 0 {
		fmt.Fprintln(out)
		return nil
	}
	waited := now.Sub(report.Oldest).Round(time.Second)
	fmt.Fprintf(out, ", the oldest for %s\n", waited)
	if waited > age {
		return &auditBroken{fmt.Sprintf("a row has not been chained for %s: does the Schedule koppel-audit-chain run?", waited)}
	}
	return nil
}
