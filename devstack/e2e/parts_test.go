package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"koppel/devstack"
	"koppel/passwords"
)

// cheap hashes of accounts: what is tested here is not how long a password takes.
var cheap = passwords.Params{Memory: 64, Passes: 1, Lanes: 1}

// TestEachPartAwayAtEachStep takes people to each step, stops a part, lets each of them go on, starts the part again
// and takes all of them to the end.
func TestEachPartAwayAtEachStep(t *testing.T) {
	t.Parallel() // it mostly waits
	var names []string
	for _, part := range partNames {
		names = append(names, namesAt(part)...)
	}
	stack := startBreakableStack(t, people(names...))
	db := openDatabase(t, stack)
	for column, name := range partNames {
		t.Run(name, func(t *testing.T) {
			part, err := stack.Part(name)
			if err != nil {
				t.Fatal(err)
			}
			outage{t, stack, part, column}.run(travellers(t, stack, giveAccounts(t, db, cheap, namesAt(name)...)))
		})
	}
}

func namesAt(part string) (names []string) {
	for i := range places {
		names = append(names, fmt.Sprintf("%s%02d", part, i))
	}
	return names
}

// travellers are people with an account each.
func travellers(t *testing.T, stack *devstack.Stack, accounts []account) []*traveller {
	db := openDatabase(t, stack)
	all := make([]*traveller, len(accounts))
	for i, a := range accounts {
		all[i] = &traveller{caller: newCaller(t, stack), account: a, db: db}
	}
	return all
}

// outage is one column of the table.
type outage struct {
	t      *testing.T
	stack  *devstack.Stack
	part   devstack.Part
	column int
}

func (o outage) run(all []*traveller) {
	began := time.Now()
	tell := func(what string) { o.t.Logf("%6.1f s: %s", time.Since(began).Seconds(), what) }
	each := func(do func(int, *traveller)) { atOnce(len(all), func(i int) { do(i, all[i]) }) }

	each(func(i int, p *traveller) { places[i].reach(p); p.patient = true })
	if o.t.Failed() {
		return
	}
	tell("all at their steps")
	if err := o.part.Kill(); err != nil {
		o.t.Fatal(err)
	}
	each(func(i int, p *traveller) {
		if got := p.name(places[i], places[i].act(p)); got != expected[i][o.column] {
			o.t.Errorf("%s, %s: got %s, want %s", places[i].name, places[i].next, got, expected[i][o.column])
		}
		p.release()
	})
	tell("all have gone on without it")
	if err := o.part.Start(within(o.t, time.Minute)); err != nil {
		o.t.Fatal(err)
	}
	tell("it works again")
	each(func(i int, p *traveller) {
		o.again(places[i], expected[i][o.column], p)
		p.finish()
	})
	tell("all are in")
	each(func(_ int, p *traveller) { p.linkedOnce() })
	tell("all mails are out")
}

// again repeats what got no answer or a 503, as the page asks for: it works once the part is back.
func (o outage) again(at place, before result, p *traveller) {
	if before != busy && before != silence {
		return
	}
	ctx := within(o.t, 30*time.Second)
	for {
		got := at.act(p)
		if got.status == http.StatusOK || got.status == http.StatusSeeOther {
			return
		}
		select {
		case <-ctx.Done():
			o.t.Errorf("%s, %s, again: got %v, want it to work\n%s", at.name, at.next, got, heading(got.body))
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}
