package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beevik/etree"

	"koppel/devstack"
	"koppel/eherkenning/brokertest"
	"koppel/passwords"
	"koppel/store/storetest"
)

const (
	crowd       = 200       // of each kind, at the same moment
	messageSize = 128 << 10 // bytes of a forged message
	mostMemory  = 512       // MiB, of one process
)

// forgers is the organisation whose answers are changed after they were signed.
var forgers = brokertest.Organisation{KvK: "90009998", Name: "Vervalsers BV"}

// TestMemoryStaysBoundedInACrowd sends 200 passwords, 200 forged answers of the broker and 200 forged messages to the
// website itself at the same moment. Each gets an answer, other pages are there, and memory stays bounded.
func TestMemoryStaysBoundedInACrowd(t *testing.T) {
	names := make([]string, crowd)
	for i := range names {
		names[i] = fmt.Sprintf("crowd%03d", i)
	}
	stack := startStackWith(t, devstack.Options{Dir: t.TempDir(), DatabaseURL: storetest.URL(t), InMemory: true,
		Personas: append(people(append(names, "visitor")...), peopleOf(forgers, "forger")...), Change: forge})
	db := openDatabase(t, stack)
	provers := travellers(t, stack, giveAccounts(t, db, passwords.Standard, names...))
	liars := travellers(t, stack, make([]account, crowd))
	visitor := travellers(t, stack, []account{{username: "visitor"}})[0]
	visitor.toReturn()
	visitor.must(visitor.openReturn(), http.StatusSeeOther)
	few(crowd, func(i int) {
		provers[i].toProof()
		liars[i].username = "forger"
		liars[i].toReturn()
	})
	if t.Failed() {
		return
	}
	for _, p := range append(append(provers, liars...), visitor) {
		p.client.Timeout, p.patient = 2*time.Minute, true
	}
	wantMemory(t, stack, "before")
	stop := keepLooking(t, visitor)
	var proofs, answers, messages tally
	atOnce(3*crowd, func(n int) {
		switch i := n / 3; n % 3 {
		case 0:
			proofs.add(provers[i].sendProof())
		case 1:
			answers.add(liars[i].openReturn())
		case 2:
			stranger := newCaller(t, stack)
			stranger.patient = true
			messages.add(stranger.post("/eherkenning/acs", url.Values{"SAMLResponse": {padding(messageSize)}}))
		}
	})
	stop()
	visitor.must(visitor.openProof(), http.StatusOK)
	proofs.want(t, "passwords", 303, 422, 429, 503)
	answers.want(t, "forged answers", 400, 503)
	messages.want(t, "forged messages", 413)
	wantMemory(t, stack, "after")
}

func padding(size int) string { return strings.Repeat("A", size) }

// forge makes an answer large, with as many elements as are read at all, and changes it where it has been signed.
func forge(answer *brokertest.Answer) {
	if answer.CompanyName != forgers.Name {
		return
	}
	answer.BeforeSign = func(envelope *etree.Element) {
		const elements = 800
		for range elements {
			envelope.FindElement("./Body/ArtifactResponse/Response/Assertion").CreateElement("Padding").SetText(padding(messageSize / elements))
		}
	}
	answer.MessageSignature.Tamper = func(signed *etree.Element) { signed.CreateAttr("Forged", "true") }
}

// few does n things, some at a time.
func few(n int, do func(i int)) {
	next := atomic.Int64{}
	atOnce(8, func(int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			do(i)
		}
	})
}

// tally counts answers by status, 0 for a connection that the time limits of the server cut, as they do on a machine
// with much else to do. A 429 and a 503 must say when to come back.
type tally struct {
	mutex   sync.Mutex
	counts  map[int]int
	unclear []string
}

func (c *tally) add(got reply) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.counts == nil {
		c.counts = map[int]int{}
	}
	c.counts[got.status]++
	later := got.status == http.StatusTooManyRequests || got.status == http.StatusServiceUnavailable
	if later && got.header.Get("Retry-After") == "" {
		c.unclear = append(c.unclear, heading(got.body))
	}
}

func (c *tally) want(t *testing.T, what string, statuses ...int) {
	t.Helper()
	t.Logf("%s: number of answers by status %v", what, c.counts)
	for status, n := range c.counts {
		if status != 0 && !slices.Contains(statuses, status) {
			t.Errorf("%s: %d answers with status %d, want none but %v", what, n, status, statuses)
		}
	}
	if len(c.unclear) > 0 {
		t.Errorf("%s: %d answers do not say when to come back: %s", what, len(c.unclear), c.unclear[0])
	}
}

// keepLooking opens other pages, as somebody who has logged in before, until stop is called.
func keepLooking(t *testing.T, visitor *traveller) (stop func()) {
	pages := []string{"/", "/koppelen", "/contact", "/healthz"}
	done, ended := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { ended <- n }()
		for {
			for _, page := range pages {
				select {
				case <-done:
					return
				default:
				}
				switch got := visitor.get(page); got.status {
				case http.StatusOK:
					n++
				case 0: // as in tally
				default:
					t.Errorf("%s meanwhile: got %v", page, got)
				}
			}
		}
	}()
	return func() {
		close(done)
		n := <-ended
		t.Logf("%d other pages were opened meanwhile", n)
		if n == 0 {
			t.Error("no other page was there meanwhile")
		}
	}
}

// wantMemory compares the peaks of web and worker with what a process may take.
func wantMemory(t *testing.T, stack *devstack.Stack, when string) {
	t.Helper()
	web, worker := peak(t, stack.Web), peak(t, stack.Worker)
	t.Logf("%s: peak of web %d MiB, of worker %d MiB, together %d MiB", when, web, worker, web+worker)
	if web >= mostMemory || worker >= mostMemory {
		t.Errorf("%s: peak of web %d MiB, of worker %d MiB, want each below %d MiB", when, web, worker, mostMemory)
	}
}

// peak is the most resident memory that a program has had, in MiB.
func peak(t *testing.T, program *devstack.Program) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", program.PID()))
	found := regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`).FindSubmatch(status)
	if err != nil || found == nil {
		t.Fatalf("peak of %s: %v", program.Name, err)
	}
	kib, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}
