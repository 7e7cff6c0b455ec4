// Package machine is what the development programs want from the computer they run on: a folder for data, programs that
// must be installed, the process that started them. It imports nothing heavy, so that it can check before a long build.
package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// DemoDir is where the demo keeps its data: KOPPEL_DEMO_DIR, else a folder that the user of Postgres can enter.
func DemoDir() (string, error) {
	if dir := os.Getenv("KOPPEL_DEMO_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	if os.Getuid() == 0 {
		return "/var/lib/koppel-demo", nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("a folder for the data of the demo (set KOPPEL_DEMO_DIR): %w", err)
	}
	return filepath.Join(cache, "koppel-demo"), nil
}

// WithParent returns a context that ends when the process that started this one has ended, however it did.
func WithParent(ctx context.Context) (context.Context, context.CancelFunc) {
	parent := os.Getppid()
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		for os.Getppid() == parent {
			select {
			case <-ctx.Done():
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	return ctx, cancel
}

// Remove deletes the demo's data, unless a demo uses them. It takes only folders that a demo has made.
func Remove(dir string) error {
	lock, err := os.OpenFile(filepath.Join(dir, "postgres", "lock"), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("a demo is running on %s: stop it first", dir)
	}
	return os.RemoveAll(dir)
}
