package storetest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// errNoPostgres names what to install. The first version tried is any: everything from 13 on will do.
var errNoPostgres = errors.New("no PostgreSQL server found: install the package postgresql " +
	"(Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql), or set DATABASE_URL for tests")

// places are where distributions put the server's programs when they leave them out of PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
}

// Installed tells whether the programs of a Postgres server are on this machine.
func Installed() bool {
	_, err := findBinaries(os.Getenv("PATH"), places)
	return err == nil
}

// binaries returns the folder that holds initdb and postgres. As root on Debian it installs them when they are
// missing, telling progress that it does.
func binaries(progress io.Writer) (string, error) {
	dir, err := findBinaries(os.Getenv("PATH"), places)
	if err == nil || os.Getuid() != 0 || !hasApt() {
		return dir, err
	}
	fmt.Fprintln(progress, "PostgreSQL is missing: installing it with apt-get")
	if err := AptInstall("postgresql"); err != nil {
		return "", fmt.Errorf("%w (%w)", errNoPostgres, err)
	}
	return findBinaries(os.Getenv("PATH"), places)
}

func findBinaries(path string, patterns []string) (string, error) {
	candidates := filepath.SplitList(path)
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // the patterns are well-formed
		slices.Reverse(found)              // newest version first
		candidates = append(candidates, found...)
	}
	for _, dir := range candidates {
		// initdb needs its neighbours, and a link in PATH may stand there alone.
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres")); err == nil {
			if _, err := os.Stat(filepath.Join(filepath.Dir(real), "initdb")); err == nil {
				return filepath.Dir(real), nil
			}
		}
	}
	return "", errNoPostgres
}

func hasApt() bool {
	_, err := exec.LookPath("apt-get")
	return err == nil
}

// AptInstall installs Debian packages as root, without questions. Several processes may ask at once: apt waits.
func AptInstall(packages ...string) error {
	wait := []string{"-o", "DPkg::Lock::Timeout=600", "-qq", "-y"}
	for _, args := range [][]string{
		append(slices.Clone(wait), "update"),
		append(append(slices.Clone(wait), "--no-install-recommends", "install"), packages...),
	} {
		cmd := exec.Command("apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if output, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w: %s", strings.Join(args, " "), err, tail(output))
		}
	}
	return nil
}

// tail is the end of a program's output, where it says what went wrong.
func tail(output []byte) string {
	const enough = 800
	return strings.TrimSpace(string(output[max(0, len(output)-enough):]))
}
