package e2e

import (
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"koppel/devstack"
)

// atOnce runs do n times at the same moment.
func atOnce(n int, do func(i int)) {
	barrier := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { <-barrier; do(i) })
	}
	close(barrier)
	all.Wait()
}

// query asks the database of the stack for one value.
func query(t *testing.T, stack *devstack.Stack, statement string, value any) {
	t.Helper()
	db, err := sql.Open("postgres", stack.DatabaseURL)
	if err == nil {
		defer db.Close()
		err = db.QueryRow(statement).Scan(value)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, stack *devstack.Stack, from string) (n int) {
	t.Helper()
	query(t, stack, `select count(*) from `+from, &n)
	return n
}

func wantCounts(t *testing.T, stack *devstack.Stack, want map[string]int) {
	t.Helper()
	for from, n := range want {
		if got := count(t, stack, from); got != n {
			t.Errorf("%d %s, want %d", got, from, n)
		}
	}
}

func TestFiftyEqualPINPostsMakeOneLinkAndGetOneAnswer(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	c := newCaller(t, stack)
	c.login("jane")
	c.prove(regenboog1)
	form := url.Values{"pin": {c.pinIn(regenboog1.email)}, "nonce": {c.nonce("/koppelen/pincode")}}
	replies := make([]reply, 50)
	atOnce(len(replies), func(i int) { replies[i] = c.post("/koppelen/pincode", form) })
	for i, got := range replies {
		if got.status != http.StatusSeeOther || got.location != replies[0].location {
			t.Errorf("post %d was answered %v, the first %v", i, got, replies[0])
		}
	}
	wantCounts(t, stack, map[string]int{
		"identities where person is not null": 1, "persons": 1, "memberships": 1,
		"audit where event = 'linked'": 1, "audit where event = 'pin.right'": 1,
	})
}

func TestTwoIdentitiesForOneAccountExactlyOneWins(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	people := []*caller{newCaller(t, stack), newCaller(t, stack)}
	forms := make([]url.Values, len(people))
	for i, persona := range []string{"jane", "piet"} {
		a := regenboog1
		a.email = persona + "@elders.example"
		people[i].login(persona)
		people[i].prove(a)
		forms[i] = url.Values{"pin": {people[i].pinIn(a.email)}, "nonce": {people[i].nonce("/koppelen/pincode")}}
	}
	atOnce(len(people), func(i int) { people[i].post("/koppelen/pincode", forms[i]) })
	in, taken := 0, 0
	for _, person := range people {
		if person.get("/start").status == http.StatusOK {
			in++
		}
		if page := person.get("/koppelen"); page.status == http.StatusConflict && strings.Contains(page.body, "al gekoppeld") {
			taken++
		}
	}
	if in != 1 || taken != 1 {
		t.Errorf("%d are in and %d read that the account is linked already, want 1 and 1", in, taken)
	}
	wantCounts(t, stack, map[string]int{"identities where person is not null": 1, "persons": 1, "audit where event = 'linked'": 1})
}

func TestEightParallelProofsOnOneCaseAreOneCheck(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	c := newCaller(t, stack)
	c.login("jane")
	forms := make([]url.Values, 8)
	for i := range forms {
		forms[i] = regenboog1.form(c.nonce("/koppelen"))
	}
	atOnce(len(forms), func(i int) { c.post("/koppelen", forms[i]) })
	wantCounts(t, stack, map[string]int{"audit where event = 'proof.right'": 1, "pins": 1, "outcomes": 1})
	time.Sleep(time.Second) // a second mail would be out by now
	if n := len(stack.Mailbox.Mails(regenboog1.email)); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
}
