package passwords

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// cheap keeps the tests quick; the strings carry it along.
var cheap = Params{Memory: 64, Passes: 1, Lanes: 1}

func TestHashIsVerifiedByItsPasswordOnly(t *testing.T) {
	stored, err := cheap.Hash(t.Context(), "Wachtwoord-1")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{
		"Wachtwoord-1":  true,
		"wachtwoord-1":  false,
		"Wachtwoord-1 ": false,
		"":              false,
		stored:          false,
	} {
		if got, err := Verify(t.Context(), stored, password); got != want || err != nil {
			t.Errorf("Verify(%q) = %v, %v; want %v", password, got, err, want)
		}
	}
}

func TestHashIsSalted(t *testing.T) {
	first, _ := cheap.Hash(t.Context(), "Wachtwoord-1")
	second, err := cheap.Hash(t.Context(), "Wachtwoord-1")
	if err != nil || first == second {
		t.Fatalf("two hashes of one password are equal (%v)", err)
	}
}

func TestStandardCost(t *testing.T) {
	stored, err := Hash(t.Context(), "Wachtwoord-1")
	if err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=65536,t=3,p=1$"; !strings.HasPrefix(stored, want) {
		t.Fatalf("stored %q, want it to begin with %q", stored, want)
	}
	s, err := parseStored(stored)
	if err != nil || len(s.salt) != 16 || len(s.key) != 32 {
		t.Fatalf("salt %d bytes, key %d bytes, %v; want 16 and 32", len(s.salt), len(s.key), err)
	}
}

// The reference implementation's command line gave this string: other programs can check ours.
func TestVerifyReadsTheCommonForm(t *testing.T) {
	const stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if got, err := Verify(t.Context(), stored, "password"); !got || err != nil {
		t.Fatalf("Verify = %v, %v; want true", got, err)
	}
}

func TestDummyCostsAsMuchAndMatchesNothing(t *testing.T) {
	s, err := parseStored(Dummy())
	if err != nil || s.params != Standard {
		t.Fatalf("dummy at %+v, %v; want %+v", s.params, err, Standard)
	}
	for _, password := range []string{"", "demo"} {
		if got, err := Verify(t.Context(), Dummy(), password); got || err != nil {
			t.Errorf("Verify(dummy, %q) = %v, %v; want false", password, got, err)
		}
	}
}

func TestAtMostTwoHashingsAtOnce(t *testing.T) {
	stored, err := cheap.Hash(t.Context(), "Wachtwoord-1")
	if err != nil {
		t.Fatal(err)
	}
	slots <- struct{}{}
	slots <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Verify(ctx, stored, "Wachtwoord-1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with both slots taken: %v, want deadline exceeded", err)
	}
	<-slots
	if got, err := Verify(t.Context(), stored, "Wachtwoord-1"); !got || err != nil {
		t.Errorf("with one slot free: %v, %v; want true", got, err)
	}
	<-slots
	if len(slots) != 0 {
		t.Errorf("%d slots still taken", len(slots))
	}
}

func TestNoWorkForACallerWhoHasLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		if _, err := cheap.Hash(ctx, "Wachtwoord-1"); !errors.Is(err, context.Canceled) {
			t.Fatalf("Hash = %v, want canceled", err)
		}
	}
}

func TestMalformedStoredStrings(t *testing.T) {
	good, err := cheap.Hash(t.Context(), "Wachtwoord-1")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, "$")
	change := func(i int, part string) string {
		changed := append([]string{}, parts...)
		changed[i] = part
		return strings.Join(changed, "$")
	}
	for name, stored := range map[string]string{
		"empty":               "",
		"plain text":          "Wachtwoord-1",
		"bare old digest":     "md5$900150983cd24fb0d6963f7d28e17f72",
		"other function":      change(1, "argon2i"),
		"other version":       change(2, "v=16"),
		"cost missing":        change(3, ""),
		"cost out of order":   change(3, "t=1,m=64,p=1"),
		"cost not a number":   change(3, "m=x,t=1,p=1"),
		"cost negative":       change(3, "m=-64,t=1,p=1"),
		"no passes":           change(3, "m=64,t=0,p=1"),
		"no lanes":            change(3, "m=64,t=1,p=0"),
		"many lanes":          change(3, "m=64,t=1,p=257"),
		"a minute of passes":  change(3, "m=64,t=1000,p=1"),
		"gigabytes":           change(3, "m=4194304,t=1,p=1"),
		"salt not base64":     change(4, "!!!!!!!!!!!!"),
		"salt short":          change(4, "AAAA"),
		"key padded":          change(5, parts[5]+"="),
		"key short":           change(5, "AAAA"),
		"key missing":         change(5, ""),
		"one part too many":   good + "$x",
		"unknown old scheme":  "crc32" + good,
		"old salt not base64": "md5,prefix=!" + good,
		"old salt empty":      "md5,prefix=" + good,
		"old salt elsewhere":  "md5,middle=eHk" + good,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Verify(t.Context(), stored, "Wachtwoord-1")
			if got || err == nil {
				t.Fatalf("Verify = %v, %v; want an error", got, err)
			}
			if stored != "" && strings.Contains(err.Error(), stored) {
				t.Fatalf("the error shows the stored string: %v", err)
			}
		})
	}
}
