package web

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
	"koppel/workflows"
)

const samples = 200 // of each row

// row is a line of the table: what is timed, after what preparation.
type row struct {
	name    string
	prepare func()
	run     func()
	like    *row      // that it must not be told apart from
	times   []float64 // ms
}

// guesses are what a guesser can time. The first row of each is its floor.
var guesses = []struct {
	what, behind string
	rows         func(*guesser) []*row
}{
	{linkPath + " with a wrong password", "username", (*guesser).passwordRows},
	{codePath + " with a wrong code", "selector", (*guesser).codeRows},
	{forgottenPath, "username", (*guesser).forgottenRows},
}

// BenchmarkGuessing times what a guesser can time: from the post to the answer. `make bench` runs it.
func BenchmarkGuessing(b *testing.B) {
	for _, guess := range guesses {
		rows := guess.rows(newGuesser(b))
		measure(rows, samples)
		report(guess.what, guess.behind, rows)
	}
}

func TestEachRowOfTheBenchmarkRuns(t *testing.T) {
	t.Parallel()
	for _, guess := range guesses {
		measure(guess.rows(newGuesser(t)), 1)
	}
}

// measure lets the samples of all rows take turns in random order, so that a machine that gets busier slows down all.
func measure(rows []*row, samples int) {
	for range samples {
		for _, i := range rand.Perm(len(rows)) {
			rows[i].prepare()
			begun := time.Now()
			rows[i].run()
			rows[i].times = append(rows[i].times, float64(time.Since(begun).Microseconds())/1000)
		}
	}
}

// bareHash is the floor of an answer to a secret: one argon2id of the same cost.
func (g *guesser) bareHash() *row {
	return &row{name: "one bare argon2id", prepare: func() {}, run: func() {
		_, err := passwords.Verify(g.w.t.Context(), passwords.Dummy(), "wrong")
		g.w.must(err)
	}}
}

// forgottenRows ask for a new password, for accounts that are there and not. The floor is the page with the form.
func (g *guesser) forgottenRows() []*row {
	g.w.engine.judge = func(string, workflows.Submission) (onboarding.Verdict, error) {
		return onboarding.Verdict{Outcome: onboarding.Accepted}, nil
	}
	rows := []*row{{name: "the page with the form", prepare: func() {}, run: func() { g.get(forgottenPath).expect(http.StatusOK) }}}
	for _, account := range accounts[:4] {
		var form url.Values
		r := &row{name: account.name}
		r.prepare = func() {
			g.stand("x", account.prepare)
			form = g.forgotten("Regenboog01")
		}
		r.run = func() { g.post(forgottenPath, form).expect(http.StatusSeeOther) }
		rows = append(rows, r)
	}
	return compared(rows[:1], rows[1:])
}

// compared are the rows of a table: its floor, and groups that are each compared with their first.
func compared(rows []*row, groups ...[]*row) []*row {
	for _, group := range groups {
		for _, r := range group[1:] {
			r.like = group[0]
		}
		rows = append(rows, group...)
	}
	return rows
}

// passwordRows try a wrong password, with tries left and without.
func (g *guesser) passwordRows() []*row {
	hash, err := passwords.Hash(g.w.t.Context(), "Regenboog-2019")
	g.w.must(err)
	return compared([]*row{g.bareHash()}, g.passwordRowsOf(hash, false), g.passwordRowsOf(hash, true))
}

// codeRows try a wrong activation code, with tries left and without.
func (g *guesser) codeRows() []*row {
	hash, err := passwords.Hash(g.w.t.Context(), "ANOTHERONE1")
	g.w.must(err)
	return compared([]*row{g.bareHash()}, g.codeRowsOf(hash, false), g.codeRowsOf(hash, true))
}

// codeRowsOf are the codes behind a selector; locked: the guesser has used up the tries.
func (g *guesser) codeRowsOf(hash string, locked bool) (rows []*row) {
	for _, code := range selectors[:4] {
		form, name, status := g.codeForm(), code.name, http.StatusUnprocessableEntity
		if locked {
			name, status = name+", and locked", http.StatusSeeOther
		}
		r := &row{name: name}
		r.prepare = func() {
			g.standCode(hash, code.prepare)
			if locked {
				_, err := g.w.sql.Exec(`
					insert into attempts (scope, subject, failures, locks, first_at, last_at, locked_until)
					values ('code', $1, 0, 1, $2, $2, $3)`, g.w.identity(), g.w.now, g.w.now.Add(time.Hour))
				g.w.must(err)
			}
			form = g.codeForm()
		}
		r.run = func() { g.post(codePath, form).expect(status) }
		rows = append(rows, r)
	}
	return rows
}

// passwordRowsOf are the accounts behind a username; locked: the guesser has used up the tries for it.
func (g *guesser) passwordRowsOf(hash string, locked bool) (rows []*row) {
	for _, account := range accounts[:4] {
		form, name, status := g.form(), account.name, http.StatusUnprocessableEntity
		if locked {
			name, status = name+", and locked", http.StatusSeeOther
		}
		r := &row{name: name}
		r.prepare = func() {
			g.stand(hash, account.prepare)
			if locked {
				g.lockOut()
			}
			form = g.form()
		}
		r.run = func() { g.guess(form).expect(status) }
		rows = append(rows, r)
	}
	return rows
}

// lockOut locks the identity of the guesser for the username, as five wrong passwords would.
func (g *guesser) lockOut() {
	_, err := g.w.sql.Exec(`
		insert into attempts (scope, subject, failures, locks, first_at, last_at, locked_until)
		values ('credentials', $1, 0, 1, $2, $2, $3)`,
		store.PartOf(g.w.identity(), g.w.lookup.Hash("credentials", g.w.identity(), "regenboog01")), g.w.now, g.w.now.Add(15*time.Minute))
	g.w.must(err)
}

func report(what, behind string, rows []*row) {
	floor := median(rows[0].times)
	fmt.Printf("\nPOST %s, %d samples each\n\n", what, samples)
	fmt.Println("| Behind the " + behind + " | median | difference | KS p | floors |\n| --- | ---: | ---: | ---: | ---: |")
	for _, r := range rows {
		difference, p := "", ""
		if r.like != nil {
			difference = fmt.Sprintf("%+.2f ms", median(r.times)-median(r.like.times))
			p = fmt.Sprintf("%.3f", kolmogorovSmirnov(r.times, r.like.times))
		}
		fmt.Printf("| %s | %.2f ms | %s | %s | %.2f |\n", r.name, median(r.times), difference, p, median(r.times)/floor)
	}
	fmt.Println()
}

func median(times []float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// kolmogorovSmirnov is the probability that two samples of one distribution differ at least as much as these
// (asymptotic; Press et al., Numerical Recipes, 14.3).
func kolmogorovSmirnov(a, b []float64) float64 {
	share := func(sorted []float64, most float64) float64 {
		n, _ := slices.BinarySearchFunc(sorted, most, func(each, most float64) int {
			if each <= most {
				return -1
			}
			return 1
		})
		return float64(n) / float64(len(sorted))
	}
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	distance := 0.0
	for _, each := range slices.Concat(a, b) {
		distance = max(distance, math.Abs(share(a, each)-share(b, each)))
	}
	root := math.Sqrt(float64(len(a)*len(b)) / float64(len(a)+len(b)))
	lambda := (root + 0.12 + 0.11/root) * distance
	if lambda < 0.2 {
		return 1 // the sum below converges no more
	}
	p := 0.0
	for k := 1.0; k <= 100; k++ {
		p += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*lambda*lambda)
	}
	return min(max(p, 0), 1)
}

func TestKolmogorovSmirnovTellsShiftedSamplesApart(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	normal := func(mean float64) (drawn []float64) {
		for range samples {
			drawn = append(drawn, mean+random.NormFloat64())
		}
		return drawn
	}
	one, other, shifted := normal(0), normal(0), normal(0.5)
	if p := kolmogorovSmirnov(one, other); p < 0.05 {
		t.Errorf("p = %v for one distribution", p)
	}
	if p := kolmogorovSmirnov(one, shifted); p > 0.001 {
		t.Errorf("p = %v for a shift of half a standard deviation", p)
	}
	if p := kolmogorovSmirnov(one, one); p != 1 {
		t.Errorf("p = %v for the same sample", p)
	}
}
