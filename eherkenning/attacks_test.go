package eherkenning

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"koppel/eherkenning/brokertest"
	"koppel/onboarding"
)

// rows are those of the list of attacks that a message over the back channel can carry. The others are met elsewhere:
// S7 by TestExpiredCertificate and TestExpiredMetadata, S11 by TestSignatureLibraryIsNotTheVulnerableOne, M1 by
// TestMutations, B7 by TestMetadataIsSignedByThePinnedSigner, and B and R by package web.
var rows = []string{"S1", "S2", "S3", "S4", "S5", "S6", "S8", "S9", "S10", "P1", "P2", "P3", "P4", "P5",
	"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "D1", "D2", "D3", "D4", "D5"}

// TestAttacks: each is refused for the reason that testdata/attacks.txt has, without a panic, and without costing more than a login.
func TestAttacks(t *testing.T) {
	w := newWorld(t)
	var reasons strings.Builder
	attacks := brokertest.Attacks(keys()["stranger"])
	for _, attack := range attacks {
		t.Run(attack.Row+" "+attack.Name, func(t *testing.T) {
			envelope := w.envelope(attack.Change)
			cost := measure()
			login, err := w.sp.verify(envelope, requestID, "_resolve1")
			allocated, cpu := cost()
			if allocated > 32<<20 {
				t.Errorf("%d KiB allocated", allocated>>10)
			}
			if login != (onboarding.Login{}) {
				t.Errorf("login %+v", login)
			}
			if err == nil {
				t.Error("it was let in")
			}
			fmt.Fprintf(&reasons, "%-3s  %-70s %s\n", attack.Row, attack.Name, ReasonOf(err))
			t.Logf("%v: %d KiB message, %d KiB allocated, %s of processor time", ReasonOf(err), len(envelope)>>10, allocated>>10, cpu)
		})
	}
	for _, row := range rows {
		if !slices.ContainsFunc(attacks, func(a brokertest.Attack) bool { return a.Row == row }) {
			t.Errorf("no attack of row %s", row)
		}
	}
	wantGolden(t, "attacks.txt", reasons.String())
}

// measure tells what was allocated, in bytes, and used of the processor since.
func measure() func() (uint64, time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime()
	return func() (uint64, time.Duration) {
		used := processorTime() - start
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc, used
	}
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
