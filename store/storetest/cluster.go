package storetest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cluster is a folder with a server's data, its password, its log and the lock that keeps a second server out.
type cluster struct {
	dir, programs, secret string
	owner                 *syscall.Credential // nil: this process's own user
	lock                  *os.File
	options               Options
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

// openCluster locks the folder and makes the data when they are missing.
func openCluster(dir, programs string, options Options) (*cluster, error) {
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir, options.LockPatience)
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, programs: programs, owner: owner, lock: lock, options: options}
	if err := c.fill(); err != nil {
		lock.Close()
		return nil, err
	}
	return c, nil
}

// serverUser is whom a server started by root runs as.
func serverUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if account, err := user.Lookup(name); err == nil {
			uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
			gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

func lockFolder(dir string, patience time.Duration) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return lock, nil
		}
		if time.Now().After(end) {
			lock.Close()
			return nil, ErrInUse
		}
	}
}

// fill runs initdb unless the data stand there. It works beside and renames, so that an interrupted initdb is redone.
func (c *cluster) fill() error {
	password := filepath.Join(c.dir, "password")
	if _, err := os.Stat(c.data()); err == nil {
		secret, err := os.ReadFile(password)
		c.secret = strings.TrimSpace(string(secret))
		return err
	}
	c.secret = rand.Text()
	fresh := c.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.WriteFile(password, []byte(c.secret+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	if err := c.own(password, fresh); err != nil {
		return err
	}
	if err := c.initdb(fresh, password); err != nil {
		return err
	}
	return os.Rename(fresh, c.data())
}

// own hands the paths to the server's user.
func (c *cluster) own(paths ...string) error {
	if c.owner == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, int(c.owner.Uid), int(c.owner.Gid)); err != nil {
			return err
		}
	}
	return nil
}

func (c *cluster) initdb(data, password string) error {
	fmt.Fprintln(c.options.Progress, "making the database folder "+c.data())
	arguments := []string{
		"-D", data, "--username=" + superuser, "--pwfile=" + password, "--auth=" + c.options.auth(),
		"--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=4",
	}
	if c.options.Unsafe {
		arguments = append(arguments, "--no-sync")
	}
	if output, err := c.command("initdb", arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, tail(output))
	}
	return nil
}
