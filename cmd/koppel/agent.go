package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

func agentCommand(open func(context.Context) (*store.Store, error)) *cobra.Command {
	command := &cobra.Command{
		Use:   "agent",
		Short: "Say who may act for the helpdesk",
		Long: "Adds, revokes and lists the people who may use `koppel helpdesk`. Each has a token of their own; the audit names\n" +
			"them by it. It is for operators, who therefore cannot act on cases themselves.",
	}
	command.AddCommand(agentAdd(open), agentRevoke(open), agentList(open))
	return command
}

func agentAdd(open func(context.Context) (*store.Store, error)) *cobra.Command {
	role := helpdesk.Desk
	command := &cobra.Command{
		Use:   "add NAME",
		Short: "Add an agent and print the token",
		Long: "Adds an agent and prints the token, once: the database keeps only a hash of it. Hand it to the agent in person,\n" +
			"who sets KOPPEL_AGENT_TOKEN to it. Who lost it is revoked and added again.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStore(cmd, open, func(db *store.Store) error {
				token, err := helpdesk.Add(cmd.Context(), db, args[0], role, time.Now())
				if onboarding.KindOf(err) == onboarding.Conflict {
					return fmt.Errorf("agent add: there is an agent called %s: revoke that one first, or take another name", args[0])
				}
				if err != nil {
					return fmt.Errorf("agent add: %w", err)
				}
				fmt.Fprintln(cmd.OutOrStdout(), token)
				return nil
			})
		},
	}
	command.Flags().TextVar(&role, "role", role, "helpdesk, or operator")
	return command
}

func agentRevoke(open func(context.Context) (*store.Store, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke NAME",
		Short: "End what an agent may do, at once",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStore(cmd, open, func(db *store.Store) error {
				err := helpdesk.Revoke(cmd.Context(), db, args[0], time.Now())
				if onboarding.KindOf(err) == onboarding.NotFound {
					return fmt.Errorf("agent revoke: no agent at work is called %s", args[0])
				}
				if err != nil {
					return fmt.Errorf("agent revoke: %w", err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s is revoked\n", args[0])
				return nil
			})
		},
	}
}

func agentList(open func(context.Context) (*store.Store, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List all agents, revoked ones too",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, open, func(db *store.Store) error {
				agents, err := db.Agents(cmd.Context())
				if err != nil {
					return fmt.Errorf("agent list: %w", err)
				}
				return printAgents(cmd.OutOrStdout(), agents)
			})
		},
	}
}

// printAgents shows the id too: it is what Temporal UI and the audit call an agent.
func printAgents(out io.Writer, agents []store.Agent) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tROLE\tID\tADDED\tREVOKED")
	for _, agent := range agents {
		revoked := ""
		if agent.RevokedAt.Valid {
			revoked = agent.RevokedAt.Time.Format(time.DateOnly)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", agent.Name, agent.Role, agent.ID, agent.CreatedAt.Format(time.DateOnly), revoked)
	}
	return table.Flush()
}

// withStore opens the database for one piece of work.
func withStore(cmd *cobra.Command, open func(context.Context) (*store.Store, error), work func(*store.Store) error) error {
	db, err := open(cmd.Context())
	if err != nil {
		return err
	}
	defer db.Close()
	return work(db)
}
