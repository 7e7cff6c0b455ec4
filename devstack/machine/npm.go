package machine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Node is needed to build the look again and to test the pages with axe-core.
var Node = Need{
	Name: "Node.js with npm", Why: "the look of the pages", Package: "nodejs npm", Others: "macOS: brew install node",
	Found: func() bool { return look("node") != "" && look("npm") != "" },
}

// NodePackages installs what package-lock.json in dir names, unless it is there already. Nothing of a package runs.
func NodePackages(dir string) error {
	lock, err := os.Open(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	if installed(lock, filepath.Join(dir, "node_modules", ".package-lock.json")) {
		return nil
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	cmd.Dir = dir
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in %s: %w: %s", dir, err, output)
	}
	return nil
}

// installed tells whether npm wrote its own copy of the lock file after the lock file last changed.
func installed(lock *os.File, copied string) bool {
	wanted, err := lock.Stat()
	if err != nil {
		return false
	}
	got, err := os.Stat(copied)
	return err == nil && got.ModTime().After(wanted.ModTime())
}
