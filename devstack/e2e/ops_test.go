package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"koppel/devstack"
	"koppel/store/storetest"
)

// TestOneCommandBringsBackAllMailThatFailed lets the mail server put off three of four PIN mails and refuse the rest, and
// one person in ten stop meanwhile. An operator sees all that is left, tries one in vain, mends the cause and brings all of it
// back by one command. Nobody has two mails, who stopped has none. Then mail is held and released. KOPPEL_JOURNEYS is how many (40).
func TestOneCommandBringsBackAllMailThatFailed(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("KOPPEL_JOURNEYS"))
	if n == 0 {
		n = 40
	}
	names := make([]string, n+1)
	for i := range names {
		names[i] = fmt.Sprintf("post%04d", i)
	}
	stack := startStackWith(t, devstack.Options{Dir: t.TempDir(), DatabaseURL: storetest.URL(t), InMemory: true,
		Personas: people(names...)})
	everybody := travellers(t, stack, giveAccounts(t, openDatabase(t, stack), cheap, names...))
	unlucky, late := everybody[:n], everybody[n]
	o := operatorOf(t, stack)
	failMails(t, stack, unlucky)
	if t.Failed() {
		return
	}
	stopped := stopSome(unlucky)
	left := n - stopped
	o.await(fmt.Sprintf("%6d  in all", left), "failing")
	whatOperatorsDoIsInNoHistory(t, stack)
	ofOne := fmt.Sprintf("KoppelRef = %q", unlucky[putOff].reference())
	o.await("     1  SendPIN: the mail server did not take the mail yet", "retry-now", "--query", ofOne)
	for _, p := range unlucky {
		stack.Mailbox.SetFaultFor(p.email, devstack.Fault{})
	}
	begun := time.Now()
	o.run("retry-now", "--rate", "500")
	brought := time.Since(begun)
	awaitRow(t, stack, fmt.Sprintf(`select (count(*) = %d)::int from mails where state = 'sent'`, left))
	t.Logf("%d journeys, %d refused and %d put off, of which %d stopped; retry-now took %v, all mails were out after %v", n, (n+3)/4, n-(n+3)/4,
		stopped, brought.Round(time.Millisecond), time.Since(begun).Round(time.Millisecond))
	o.await("     0  in all", "failing")
	o.await("     0  in all", "retry-now")
	for i, p := range unlucky {
		want := 1
		if stops(i) {
			want = 0
		}
		if mails := stack.Mailbox.Mails(p.email); len(mails) != want {
			t.Errorf("%s got %d mails, want %d", p.username, len(mails), want)
		}
	}
	holdAndRelease(o, late)
}

// failMails brings everybody to a PIN mail that fails.
func failMails(t *testing.T, stack *devstack.Stack, everybody []*traveller) {
	t.Helper()
	for i, p := range everybody {
		stack.Mailbox.SetFaultFor(p.email, devstack.Fault{Code: map[bool]int{true: 550, false: 451}[i%4 == 0]})
	}
	begun := time.Now()
	few(len(everybody), func(i int) {
		everybody[i].toProof()
		everybody[i].insist(everybody[i].sendProof)
	})
	awaitRow(t, stack, fmt.Sprintf(`select (count(*) = %d)::int from mails where state in ('late', 'refused')`, len(everybody)))
	t.Logf("%d journeys were at their mail after %v", len(everybody), time.Since(begun).Round(time.Millisecond))
}

// putOff is somebody whose mail is put off, and who does not stop.
const putOff = 2

// stops tells who has had enough: of those whose mail was put off, and of those whose mail was refused.
func stops(i int) bool { return i%10 == 1 || i%20 == 8 }

func stopSome(everybody []*traveller) (stopped int) {
	for i, p := range everybody {
		if stops(i) {
			stopped++
			form := url.Values{"nonce": {p.nonce("/koppelen/pincode")}}
			p.must(p.post("/koppelen/stoppen", form), http.StatusSeeOther)
		}
	}
	return stopped
}

// holdAndRelease: a mail that is asked for while mail is held leaves after the release, once.
func holdAndRelease(o operator, late *traveller) {
	o.Helper()
	o.run("hold-mail")
	late.toProof()
	late.insist(late.sendProof)
	o.run("release-mail")
	awaitRow(o.T, o.stack, `select count(*) from mails m, audit a where m.requested_at < a.at and m.accepted_at > a.at and a.event = 'ops.mail_released'`)
	if mails := o.stack.Mailbox.Mails(late.email); len(mails) != 1 {
		o.Errorf("%d mails left after the release, want 1", len(mails))
	}
}

// operator runs `koppel ops`.
type operator struct {
	*testing.T
	stack *devstack.Stack
	token string
}

func operatorOf(t *testing.T, stack *devstack.Stack) operator {
	t.Helper()
	token, err := stack.Run(t.Context(), "agent", "add", "joost", "--role", "operator")
	if err != nil {
		t.Fatal(err)
	}
	return operator{t, stack, strings.TrimSpace(token)}
}

func (o operator) run(args ...string) string {
	o.Helper()
	args = append([]string{"ops"}, args...)
	if args[1] != "failing" {
		args = append(args, "--reason", "mended", "--ticket", "INC-20261")
	}
	out, err := o.stack.RunAs(o.Context(), o.token, args...)
	if err != nil {
		o.Fatalf("%v: %v %s", args, err, out)
	}
	return out
}

// await runs a command until its output has a line: visibility follows the cases.
func (o operator) await(line string, args ...string) {
	o.Helper()
	ctx := within(o.T, 20*time.Second)
	for out := ""; !strings.Contains(out, line+"\n"); {
		if ctx.Err() != nil {
			o.Fatalf("%v: %q is not in\n%s", args, line, out)
		}
		out = o.run(args...)
	}
}
