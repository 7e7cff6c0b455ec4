package machine

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestMeetNamesWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	absent := Need{Name: "Frob", Why: "frobbing", Package: "frob", Others: "none", Found: func() bool { return false }}
	err := Meet(io.Discard, Need{Found: func() bool { return true }}, absent)
	if err == nil || !strings.Contains(err.Error(), "Frob is missing (for frobbing): apt-get install frob") {
		t.Errorf("got %v", err)
	}
}

// TestWithParentEndsWhenTheParentIsKilled runs this test thrice: as itself, as the parent that is killed, and as the
// child that must notice.
func TestWithParentEndsWhenTheParentIsKilled(t *testing.T) {
	switch os.Getenv("MACHINE_ROLE") {
	case "child":
		ctx, cancel := WithParent(context.Background())
		defer cancel()
		fmt.Println("running")
		<-ctx.Done()
		fmt.Println("ended")
		os.Exit(0)
	case "parent":
		child := again("child")
		child.Stdout = os.Stdout
		fmt.Println(child.Run())
	}
	parent := again("parent")
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	lines.Scan()
	if lines.Text() != "running" {
		t.Fatalf("child said %q", lines.Text())
	}
	_ = parent.Process.Kill() // Scan shows what came of it
	deadline := time.AfterFunc(10*time.Second, func() { output.Close() })
	defer deadline.Stop()
	if lines.Scan(); lines.Text() != "ended" {
		t.Error("the child goes on without its parent")
	}
}

func again(role string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestWithParentEndsWhenTheParentIsKilled$")
	cmd.Env = append(os.Environ(), "MACHINE_ROLE="+role)
	return cmd
}
