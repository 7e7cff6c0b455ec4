package devstack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// buildPatience is how long a promotion looks for the workers of a build.
const buildPatience = "30s"

// BuildOf names the build of a program by its content, so that another program is another build.
func BuildOf(program string) (string, error) {
	file, err := os.Open(program)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("read %s: %w", program, err)
	}
	return hex.EncodeToString(hash.Sum(nil)[:6]), nil
}

// Promote gives the work to the workers of a build, which have to run.
func (s *Stack) Promote(ctx context.Context, build string) error {
	_, err := s.Run(ctx, "deploy", "promote", build, "--wait", buildPatience)
	return err
}

// StartBuild starts another worker beside the stack's own, as a release does. It idles until its build is promoted, and
// ends with the stack.
func (s *Stack) StartBuild(ctx context.Context, build string) (*Program, error) {
	ports, err := reserve(0, 0)
	if err != nil {
		return nil, err
	}
	worker := s.program("worker", func(context.Context) error { return nil }) // Promote waits for it
	// The last of two settings counts.
	worker.environment = append(worker.environment, "BUILD_ID="+build,
		"KOPPEL_WORKER_LISTEN="+address(ports[0]), "KOPPEL_METRICS_LISTEN="+address(ports[1]))
	s.stops = append(s.stops, worker.Stop)
	return worker, worker.Start(ctx)
}
