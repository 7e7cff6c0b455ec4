package web

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func median(times []float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// shift is the interval that has the difference of the medians of two distributions in 95 of 100 cases, by samples of
// them (percentile bootstrap; Efron and Tibshirani, An Introduction to the Bootstrap, 13.3).
func shift(a, b []float64) (low, high float64) {
	again := func(sample []float64) float64 {
		drawn := make([]float64, len(sample))
		for i := range drawn {
			drawn[i] = sample[rand.IntN(len(sample))]
		}
		return median(drawn)
	}
	differences := make([]float64, 2000)
	for i := range differences {
		differences[i] = again(a) - again(b)
	}
	slices.Sort(differences)
	return differences[50], differences[1950]
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

func TestShiftedSamplesAreToldApart(t *testing.T) {
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
	if low, high := shift(shifted, one); low < 0.2 || low > 0.5 || high < 0.5 || high > 1.1 {
		t.Errorf("a shift of 0.5 is between %v and %v", low, high)
	}
	if p := kolmogorovSmirnov(one, one); p != 1 {
		t.Errorf("p = %v for the same sample", p)
	}
}
