// Command koppel is the onboarding system of MijnHelpdeskPO: the pages (web), the journeys (worker), the database
// (migrate), the registers (import), mails that came back (bounce), the audit, agents and what they do (agent, helpdesk, ops).
// It wires the packages and owns the settings; nothing imports it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"koppel/logs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := logs.New(os.Stderr)
	slog.SetDefault(log) // also what net/http has to say
	if err := rootCommand(log).ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "koppel:", err)
		stop()
		os.Exit(exitCode(err))
	}
}

// exitCode is 1, unless the error knows better.
func exitCode(err error) int {
	var own interface{ ExitCode() int }
	if errors.As(err, &own) {
		return own.ExitCode()
	}
	return 1
}

func rootCommand(log *slog.Logger) *cobra.Command {
	root := &cobra.Command{
		Use:   "koppel",
		Short: "Link eHerkenning identities to MijnHelpdeskPO accounts",
		Long: "koppel is the onboarding system of MijnHelpdeskPO.\n\n" +
			"Settings come from the environment; docs/settings.md lists them. Each can be given as a file too: NAME_FILE=path.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(webCommand(log), workerCommand(log), migrateCommand(),
		bounceCommand(), importCommand(desk{batchStore("import"), dialStarter(log), time.Now}), auditCommand(batchStore("audit")),
		agentCommand(batchStore("agent")), helpdeskCommand(newCounter("helpdesk", log)), opsCommand(newCounter("ops", log)),
		metadataCommand(), settingsCommand(), keysCommand(), healthCommand(), deployCommand(log))
	return root
}
