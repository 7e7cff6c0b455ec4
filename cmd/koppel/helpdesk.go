package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"koppel/helpdesk"
	"koppel/store"
)

// counter is what the commands of agents work with: the flags that say why, who the agent is, and the parts behind it.
type counter struct {
	settings func() (settings, error)
	open     func(settings) (*store.Store, error)
	dial     func(settings) (temporalClient, error) // only asked when a case has to be told
	now      func() time.Time

	reason, ticket string
}

func newCounter(command string, log *slog.Logger) *counter {
	return &counter{
		settings: func() (settings, error) { return readSettings(command, os.Environ()) },
		open:     func(s settings) (*store.Store, error) { return s.openStore(store.OpenBatch) },
		dial:     func(s settings) (temporalClient, error) { return s.dialTemporal(log) },
		now:      time.Now,
	}
}

func helpdeskCommand(c *counter) *cobra.Command {
	command := &cobra.Command{
		Use:   "helpdesk",
		Short: "Act for the helpdesk: look up a reference, decide with a second agent",
		Long: "What agents of the helpdesk do. KOPPEL_AGENT_TOKEN says who you are; `koppel agent add` makes it.\n\n" +
			"Whoever changes something says why (--reason) and where the conversation stands (--ticket). Reasons:\n" + reasonList() +
			"\nNothing here shows a PIN, a password or the whole of an address, and nothing switches a check off.",
	}
	command.PersistentFlags().StringVar(&c.reason, "reason", "", "why, one of the list in `koppel helpdesk --help`")
	command.PersistentFlags().StringVar(&c.ticket, "ticket", "", "number of the conversation, as HD-20261")
	command.AddCommand(approveReference(c), refuseReference(c))
	command.AddCommand(caseCommands(c)...)
	command.AddCommand(codeCommand(c), listCases(c), showReference(c), unlinkReference(c))
	return command
}

func reasonList() string {
	var lines strings.Builder
	for _, reason := range helpdesk.Reasons() {
		fmt.Fprintf(&lines, "  %-18s %s\n", reason, reason.Dutch())
	}
	return lines.String()
}

// shift is an agent at work: who it is, and the parts to work with.
type shift struct {
	*counter
	agent    helpdesk.Agent
	settings settings
	db       *store.Store
}

// serve lets the agent of the token do work, if the role allows that.
func (c *counter) serve(cmd *cobra.Command, verb helpdesk.Verb, work func(shift) error) error {
	s, err := c.settings()
	if err != nil {
		return err
	}
	db, err := c.open(s)
	if err != nil {
		return err
	}
	defer db.Close()
	agent, err := helpdesk.Authenticate(cmd.Context(), db, string(s.AgentToken), c.now())
	if err != nil {
		return fmt.Errorf("KOPPEL_AGENT_TOKEN: %w", err)
	}
	if !agent.Role.May(verb) {
		return fmt.Errorf("%s: %w (%s)", cmd.Name(), helpdesk.ErrRole, agent.Role)
	}
	return work(shift{c, agent, s, db})
}

// act serves an agent who changes something, and so says why.
func (c *counter) act(cmd *cobra.Command, verb helpdesk.Verb, work func(shift, helpdesk.Act) error) error {
	return c.serve(cmd, verb, func(s shift) error {
		act, err := helpdesk.NewAct(s.agent, verb, c.reason, c.ticket)
		if err != nil {
			return err
		}
		return work(s, act)
	})
}

// callPatience is how long Temporal may take to answer an agent.
const callPatience = 15 * time.Second

// temporal works with the engine behind the cases.
func (s shift) temporal(ctx context.Context, work func(context.Context, temporalClient) error) error {
	temporal, err := s.dial(s.settings)
	if err != nil {
		return err
	}
	defer temporal.Close()
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	if err := work(ctx, temporal); err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return fmt.Errorf("no answer of Temporal, or of the workers, within %s: see what became of it with `koppel helpdesk show`: %w", callPatience, err)
		}
		return err
	}
	return nil
}
