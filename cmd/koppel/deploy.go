package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"koppel/worker"
)

const (
	// deployPause is how often a promotion looks whether the workers of a build are there.
	deployPause = 500 * time.Millisecond

	// deployPatience is how long one answer of Temporal may take.
	deployPatience = 15 * time.Second
)

func deployCommand(log *slog.Logger) *cobra.Command {
	command := &cobra.Command{
		Use:   "deploy",
		Short: "Say which build of the worker does the work",
		Long: "Workers with BUILD_ID idle until their build is promoted. All cases, new and open, then go to it with their next\n" +
			"step. Promoting an older build takes a release back, as long as workers of it run.",
	}
	command.AddCommand(promoteBuild(log), showBuilds(log))
	return command
}

// withBuilds works with the builds that Temporal knows.
func withBuilds(log *slog.Logger, work func(settings, worker.Builds) error) error {
	s, err := readSettings("deploy", os.Environ())
	if err != nil {
		return err
	}
	temporal, err := s.dialTemporal(log)
	if err != nil {
		return err
	}
	defer temporal.Close()
	return work(s, worker.Builds{Client: temporal.Client, Namespace: temporal.namespace})
}

func promoteBuild(log *slog.Logger) *cobra.Command {
	var wait time.Duration
	var percent float32
	command := &cobra.Command{
		Use:   "promote [BUILD]",
		Short: "Make a build of the worker the current one",
		Long: "Makes BUILD, or that of BUILD_ID, the current one, once its workers ask every queue for work. It is refused while\n" +
			"they do not; --wait says for how long to look. Promoting the current build changes nothing.\n\n" +
			"--percent gives it that share of the cases for a start. Promote it without to give it all, or the other one.",
		Example: "  koppel deploy promote v1.4.0 --wait 2m\n  koppel deploy promote v1.4.0 --percent 10",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("percent") && (percent < 0 || percent > 100) {
				return errors.New("--percent: from 0 to 100")
			}
			return withBuilds(log, func(s settings, builds worker.Builds) error {
				build := cmp.Or(strings.Join(args, ""), string(s.BuildID))
				if build == "" {
					return errors.New("which build? Give it, or set BUILD_ID")
				}
				p := promotion{builds, cmd.OutOrStdout(), build}
				if err := p.awaitWorkers(cmd.Context(), wait); err != nil {
					return err
				}
				if cmd.Flags().Changed("percent") {
					return p.ramp(cmd.Context(), percent)
				}
				return p.promote(cmd.Context())
			})
		},
	}
	command.Flags().DurationVar(&wait, "wait", 0, "how long to wait for workers of the build")
	command.Flags().Float32Var(&percent, "percent", 0, "give it this share of the cases only")
	return command
}

// promotion is of one build.
type promotion struct {
	builds worker.Builds
	out    io.Writer
	build  string
}

// awaitWorkers returns when workers of the build ask every queue for work, or fails after patience.
func (p promotion) awaitWorkers(ctx context.Context, patience time.Duration) error {
	for end := time.Now().Add(patience); ; {
		missing, err := p.unserved(ctx)
		if err == nil && len(missing) == 0 {
			return nil
		}
		if time.Now().After(end) {
			if err != nil {
				return err
			}
			return fmt.Errorf("no worker of build %s asks for work on %s: start it with BUILD_ID=%s, or see its log",
				p.build, strings.Join(missing, ", "), p.build)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(deployPause):
		}
	}
}

func (p promotion) unserved(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, deployPatience)
	defer cancel()
	return p.builds.Unserved(ctx, p.build)
}

func (p promotion) promote(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deployPatience)
	defer cancel()
	before, open, err := p.before(ctx)
	if err != nil {
		return err
	}
	if err := p.builds.Promote(ctx, p.build); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Build %s is current (before: %s). %d open workflows of other builds go to it with their next step.\n",
		p.build, before, open)
	return nil
}

func (p promotion) ramp(ctx context.Context, percent float32) error {
	ctx, cancel := context.WithTimeout(ctx, deployPatience)
	defer cancel()
	before, _, err := p.before(ctx)
	if err != nil {
		return err
	}
	if err := p.builds.Ramp(ctx, p.build, percent); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Build %s gets %g%% of the cases; the rest stays with %s.\n", p.build, percent, before)
	return nil
}

// before tells which build is current and how many open workflows made their last step by another build than the one
// to promote.
func (p promotion) before(ctx context.Context) (current string, open int64, err error) {
	known, err := p.builds.List(ctx)
	if err != nil {
		return "", 0, err
	}
	if open, err = p.builds.Unversioned(ctx); err != nil {
		return "", 0, err
	}
	current = "workers without a build"
	for _, build := range known {
		if build.Current {
			current = build.ID
		}
		if build.ID != p.build {
			open += build.Open
		}
	}
	return current, open, nil
}
