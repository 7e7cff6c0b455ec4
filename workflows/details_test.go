package workflows

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"koppel/onboarding"
)

// beginnings are how the cases begin that the walks play.
var beginnings = map[string]client.StartWorkflowOptions{
	LinkingName:       LinkingOptions(LinkingInput{Reference: "K3TF-9M2Q", Level: onboarding.EH3, Board: "10249", AuthenticatedAt: start}),
	AdditionName:      AdditionOptions("", AdditionInput{Reference: "K3TF-9M2Q", Institution: "16AH", At: start}),
	EmailChangeName:   EmailChangeOptions("", EmailChangeInput{Reference: "K3TF-9M2Q", Institutions: []onboarding.InstitutionCode{"03AB"}, At: start}),
	UnlinkingName:     UnlinkingOptions(UnlinkingInput{Reference: "K3TF-9M2Q", Reported: true, At: start}),
	PasswordResetName: PasswordResetOptions("", PasswordResetInput{Reference: "K3TF-9M2Q", AskedAt: start}),
}

// TestEveryStateReadsAsItsPage compares what Temporal UI shows of every state of every kind of case with pages that were
// read by people.
func TestEveryStateReadsAsItsPage(t *testing.T) {
	for _, each := range tables {
		t.Run(each.workflow, func(t *testing.T) {
			var b strings.Builder
			begun := beginnings[each.workflow]
			fmt.Fprintf(&b, detailsPreface, each.workflow, begun.StaticSummary, begun.StaticDetails)
			for _, scene := range scenes(each.workflow, each.table) {
				fmt.Fprintf(&b, "\n## %s\n", scene.name)
				if scene.play != nil {
					b.WriteString("\n" + faceOf(t, scene, begun).page())
				}
			}
			wantPage(t, "testdata/details/"+strings.ToLower(each.workflow)+".md", b.String())
		})
	}
}

const detailsPreface = `# %s

What Temporal UI shows of each state: search attributes, memo and current details. The memo keeps the last step that
lasted (decision 4). Made by ` + "`go test ./workflows -run EveryState -update`" + `; read it before you commit it.

Summary: %s

Details: %s
`

func wantPage(t *testing.T, path, page string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page {
		t.Errorf("%s differs from what is shown: run again with -update, and read the difference", path)
	}
}

// faceOf plays a scene and looks when its state is reached.
func faceOf(t *testing.T, s scene, begun client.StartWorkflowOptions) face {
	t.Helper()
	w, look := s.play(t)
	seen := lookAt(t, w.env(), begun, look, w.play)
	if step := fmt.Sprintf("`%v`", seen.attributes[KoppelStep.GetName()]); !strings.HasPrefix(s.name, step) {
		t.Errorf("%s: the case is at %s", s.name, step)
	}
	return seen
}

// lookAt plays a workflow and looks at a moment, after which it is stopped; at its end when that is zero.
func lookAt(t *testing.T, env *testsuite.TestWorkflowEnvironment, begun client.StartWorkflowOptions, at time.Duration, play func()) (seen face) {
	t.Helper()
	display := watch(env, begun)
	if at > 0 {
		env.RegisterDelayedCallback(func() { seen = display.look(t) }, at)
		env.RegisterDelayedCallback(env.CancelWorkflow, at+time.Millisecond)
	}
	play()
	if at == 0 {
		seen = display.look(t)
	}
	return seen
}
