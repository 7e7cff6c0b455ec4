package child

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestChildEndsWithItsParent runs this test twice: as itself, and as the parent that is killed.
func TestChildEndsWithItsParent(t *testing.T) {
	if os.Getenv("CHILD_PARENT") != "" {
		process, err := Start(exec.Command("sleep", "60"), syscall.SIGKILL)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(process.PID())
		select {}
	}
	parent := exec.Command(os.Args[0], "-test.run=^TestChildEndsWithItsParent$")
	parent.Env = append(os.Environ(), "CHILD_PARENT=1")
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	lines.Scan()
	pid, err := strconv.Atoi(lines.Text())
	if err != nil {
		t.Fatalf("parent said %q", lines.Text())
	}
	_ = parent.Process.Kill() // what follows tells
	_ = parent.Wait()
	for end := time.Now().Add(10 * time.Second); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			t.Fatal("the child outlived its parent by 10 seconds")
		}
	}
}

func TestStopKillsWhatDoesNotStop(t *testing.T) {
	stubborn, err := Start(exec.Command("sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"), syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // the shell sets its trap
	if err := stubborn.Stop(syscall.SIGTERM, 200*time.Millisecond); err == nil {
		t.Error("no word of the kill")
	}
	if stubborn.Err() == nil {
		t.Error("a killed process ended well")
	}
	willing, err := Start(exec.Command("sleep", "60"), syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	if err := willing.Stop(syscall.SIGTERM, 10*time.Second); err != nil {
		t.Error(err)
	}
}

// alive tells whether a process runs; one that has ended and that nobody has collected does not.
func alive(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	var number int
	var name, state string
	_, err = fmt.Sscan(string(status), &number, &name, &state)
	return err == nil && state != "Z"
}
