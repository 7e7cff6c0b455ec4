package web

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
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

func report(what, behind string, rows []*row) {
	floor := median(rows[0].times)
	fmt.Printf("\nPOST %s, %d samples each\n\n", what, samples)
	fmt.Println("| Behind the " + behind + " | median | difference | 95% | KS p | floors |\n| --- | ---: | ---: | ---: | ---: | ---: |")
	for _, r := range rows {
		difference, interval, p := "", "", ""
		if r.like != nil {
			difference = fmt.Sprintf("%+.2f ms", median(r.times)-median(r.like.times))
			low, high := shift(r.times, r.like.times)
			interval = fmt.Sprintf("%+.2f to %+.2f ms", low, high)
			p = fmt.Sprintf("%.3f", kolmogorovSmirnov(r.times, r.like.times))
		}
		fmt.Printf("| %s | %.2f ms | %s | %s | %s | %.2f |\n", r.name, median(r.times), difference, interval, p, median(r.times)/floor)
	}
	fmt.Println()
}
