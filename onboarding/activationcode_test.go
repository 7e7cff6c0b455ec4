package onboarding

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

// fixedCode is always the same one.
func fixedCode(t testing.TB) ActivationCode {
	t.Helper()
	code, err := NewActivationCode(strings.NewReader("koppel-16AH-2026"))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestActivationCodeIsFoundAgainHoweverItIsTyped(t *testing.T) {
	code := fixedCode(t)
	if want := ActivationCode("BFGG5CDHP18DJGJ4"); code != want { // letters that were posted must stay good
		t.Fatalf("drew %s, want %s", code, want)
	}
	for _, typed := range []string{
		code.Printed(), string(code), strings.ToLower(code.Printed()), "  " + strings.Join(strings.Split(string(code), ""), " "),
		strings.ReplaceAll(code.Printed(), "-", " – "), strings.ReplaceAll(code.Printed(), "-", "\u2011"),
		strings.ReplaceAll(code.Printed(), "-", "\u00a0"), strings.ReplaceAll(code.Printed(), "-", "."),
	} {
		if got, err := ParseActivationCode(typed); err != nil || got != code {
			t.Errorf("%q is read as %q, %v", typed, got, err)
		}
	}
}

func TestLookAlikesOfAnActivationCodeAreForgiven(t *testing.T) {
	drawn, err := NewActivationCode(bytes.NewReader(append([]byte{0, 1, 0, 1}, make([]byte, 11)...)))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []string{"I", "l", "i", "L"} {
		typed := strings.ReplaceAll(strings.ReplaceAll(string(drawn), "1", one), "0", "o")
		if got, err := ParseActivationCode(typed); err != nil || got != drawn {
			t.Errorf("%q is read as %q, %v", typed, got, err)
		}
	}
}

func TestTypingMistakesInAnActivationCodeAreToldApart(t *testing.T) {
	good := string(fixedCode(t))
	for typed, want := range map[string]string{
		"": "e.code.empty", " - ": "e.code.empty",
		good[:15]: "e.code.form", good + "0": "e.code.form", "A": "e.code.form",
		"U" + good[1:]: "e.code.symbols", good[:15] + "é": "e.code.symbols", good[:8] + "!" + good[9:]: "e.code.symbols",
		good[:15] + string(other(good[15])): "e.code.check",
	} {
		_, err := ParseActivationCode(typed)
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Message != want || refusal.Kind != Invalid {
			t.Errorf("%q: %v, want %s", typed, err, want)
		}
	}
}

func other(symbol byte) byte {
	return codeAlphabet[(strings.IndexByte(codeAlphabet, symbol)+1)%len(codeAlphabet)]
}

// Every other symbol at every place, over codes that hold every symbol at every place.
func TestCheckSymbolTellsEverySingleMistake(t *testing.T) {
	tried := 0
	for shift := range len(codeAlphabet) {
		code := codeOf(t, func(place int) byte { return byte(place*7 + shift) })
		for place := range code {
			for _, symbol := range []byte(codeAlphabet) {
				if symbol == code[place] {
					continue
				}
				tried++
				mistyped := string(code[:place]) + string(symbol) + string(code[place+1:])
				if _, err := ParseActivationCode(mistyped); err == nil {
					t.Errorf("%s passes for %s", mistyped, code)
				}
			}
		}
	}
	t.Logf("%d mistakes", tried)
}

// All pairs of neighbours: only a swap of 0 and Z goes unnoticed.
func TestCheckSymbolTellsAllSwapsButOne(t *testing.T) {
	tried, missed := 0, 0
	for first := range byte(32) {
		for second := range byte(32) {
			if first == second {
				continue
			}
			for place := range codeRandomness - 1 {
				code := codeOf(t, func(at int) byte {
					return map[int]byte{place: first, place + 1: second}[at]
				})
				swapped := []byte(code)
				swapped[place], swapped[place+1] = swapped[place+1], swapped[place]
				tried++
				if _, err := ParseActivationCode(string(swapped)); err == nil {
					missed++
					if first+second != 31 || first*second != 0 {
						t.Errorf("%s passes for %s", swapped, code)
					}
				}
			}
		}
	}
	if t.Logf("%d of %d swaps are missed", missed, tried); missed*400 > tried {
		t.Error("more than one in 400 is missed")
	}
}

func codeOf(t *testing.T, value func(place int) byte) ActivationCode {
	t.Helper()
	drawn := make([]byte, codeRandomness)
	for place := range drawn {
		drawn[place] = value(place)
	}
	code, err := NewActivationCode(bytes.NewReader(drawn))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestPartsOfAnActivationCodeMakeTheCode(t *testing.T) {
	code := fixedCode(t)
	if len(code.Selector()) != 4 || len(code.Secret()) != 11 || !strings.HasPrefix(string(code), code.Selector()+code.Secret()) {
		t.Errorf("%s has selector %q and secret %q", code, code.Selector(), code.Secret())
	}
	if printed := code.Printed(); len(printed) != 19 || strings.ReplaceAll(printed, "-", "") != string(code) {
		t.Errorf("%s is printed as %s", code, printed)
	}
}

func TestNoActivationCodeWithoutRandomness(t *testing.T) {
	if code, err := NewActivationCode(strings.NewReader("too short")); err == nil {
		t.Errorf("drew %s", code)
	}
}

func TestSymbolsOfActivationCodesAreEquallyLikely(t *testing.T) {
	counts := map[rune]int{}
	const codes = 4000
	for range codes {
		code, err := NewActivationCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, symbol := range code {
			counts[symbol]++
		}
	}
	for _, symbol := range codeAlphabet { // 2000 each; six standard deviations are 264
		if n := counts[symbol]; n < 1736 || n > 2264 {
			t.Errorf("%c stands %d times in %d codes", symbol, n, codes)
		}
	}
}

// FuzzActivationCode: whatever is read as a code is one, and is read from its printed form as itself.
func FuzzActivationCode(f *testing.F) {
	for _, seed := range []string{"", "7K3M-9QXT-R2V8-HJ4D", "oooo-iiii-llll-0000", "0000000000000000", "Ⅰ", "ß", "\xff0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ParseActivationCode(typed)
		if err != nil {
			if KindOf(err) != Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := ParseActivationCode(code.Printed())
		if err != nil || again != code || len(code) != codeSymbols || strings.Trim(string(code), codeAlphabet) != "" {
			t.Fatalf("%q is read as %q, then %q, %v", typed, code, again, err)
		}
	})
}
