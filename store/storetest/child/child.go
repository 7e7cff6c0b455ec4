// Package child starts processes that do not outlive the process that started them: the Postgres of a test, the
// programs of the development stack. It owns their start and their end, and knows nothing of what they do.
//
// On Linux the kernel ends a child when its parent dies, however the parent dies. Elsewhere only Stop ends it.
package child

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Process is a running or ended child.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start starts cmd in a process group of its own, so that Ctrl-C in a terminal reaches only the parent. The child
// gets the signal last when the parent dies.
func Start(cmd *exec.Cmd, last syscall.Signal) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	dieWithParent(cmd.SysProcAttr, last)
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// run starts and awaits the child on a thread that stays alive meanwhile: Linux takes the end of the starting
// thread for the end of the parent.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.err = p.cmd.Wait()
	close(p.done)
}

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err tells how the process ended, nil for exit status 0. Valid after Done.
func (p *Process) Err() error { return p.err }

// Kill ends the process and what it started at once, and waits until the process is gone.
func (p *Process) Kill() {
	select {
	case <-p.done: // its number may be another's by now
		return
	default:
	}
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL) // the only error is that it has ended already
	<-p.done
}

// Stop sends the signal, waits up to patience for the end, then kills.
func (p *Process) Stop(signal syscall.Signal, patience time.Duration) error {
	_ = p.cmd.Process.Signal(signal) // the only error is that it has ended already
	select {
	case <-p.done:
		return nil
	case <-time.After(patience):
		p.Kill()
		return errors.New("did not stop within " + patience.String() + ": killed")
	}
}
