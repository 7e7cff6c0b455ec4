package keys

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func ring(t *testing.T, text string) (r Ring) {
	t.Helper()
	if err := r.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLookupHashTellsPartsApart(t *testing.T) {
	var l Lookup
	if err := l.UnmarshalText([]byte(Generate())); err != nil {
		t.Fatal(err)
	}
	if got := l.Hash("ab", "c"); len(got) != 32 || got == l.Hash("a", "bc") || got != l.Hash("ab", "c") {
		t.Errorf("Hash = %q: want 32 hex digits, stable, different for other parts", got)
	}
}

func TestRingRefusesWhatItCannotRead(t *testing.T) {
	for _, text := range []string{"", "a", ":" + Generate(), "a:short", "a:" + Generate() + ",b"} {
		if err := new(Ring).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestSealSurvivesRotation(t *testing.T) {
	old, fresh := "1:"+Generate(), "2:"+Generate()
	sealed, err := ring(t, old).Seal("pins/7", []byte("j@school.nl"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := ring(t, fresh+","+old).Open("pins/7", sealed)
	if err != nil || string(opened) != "j@school.nl" {
		t.Errorf("Open after rotation = %q, %v", opened, err)
	}
	if bytes.Contains(sealed, []byte("school")) {
		t.Error("the plaintext stands in the sealed data")
	}
}

func TestSealedDataOpensOnlyInItsPlace(t *testing.T) {
	r := ring(t, "1:"+Generate())
	sealed, _ := r.Seal("pins/7", []byte("x"))
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"other place": func() ([]byte, error) { return r.Open("pins/8", sealed) },
		"changed":     func() ([]byte, error) { return r.Open("pins/7", changed) },
		"empty":       func() ([]byte, error) { return r.Open("pins/7", nil) },
		"cut":         func() ([]byte, error) { return r.Open("pins/7", []byte{9, 'a'}) },
		"lost key":    func() ([]byte, error) { return ring(t, "2:"+Generate()).Open("pins/7", sealed) },
	} {
		if _, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v, want ErrSealed", name, err)
		}
	}
}

func TestDigitsAreStableAndSpread(t *testing.T) {
	r := ring(t, "1:"+Generate())
	first, err := r.Digits("1", 6, "case", "1")
	again, _ := r.Digits("1", 6, "case", "1")
	if err != nil || len(first) != 6 || strings.Trim(first, "0123456789") != "" || first != again {
		t.Errorf("Digits = %q, then %q, %v", first, again, err)
	}
	counts := map[byte]int{}
	for i := range 2000 {
		code, _ := r.Digits("1", 6, "case", string(rune(i)))
		counts[code[0]]++
	}
	for digit := byte('0'); digit <= '9'; digit++ {
		if counts[digit] < 120 || counts[digit] > 280 {
			t.Errorf("digit %c came first %d times in 2000", digit, counts[digit])
		}
	}
}

func TestTokensAreStableAndOfTheirParts(t *testing.T) {
	r := ring(t, "1:"+Generate())
	first, err := r.Token("1", "case", "1")
	again, _ := r.Token("1", "case", "1")
	other, _ := r.Token("1", "case1", "")
	if raw, bad := base64.RawURLEncoding.DecodeString(first); err != nil || bad != nil || len(raw) != 32 || first != again || first == other {
		t.Errorf("Token = %q, then %q, of other parts %q, %v, %v", first, again, other, err, bad)
	}
	if _, err := r.Token("2", "case", "1"); err == nil {
		t.Error("a key that is gone: want an error")
	}
}

func TestHandoverOpensForTheReceiverOnly(t *testing.T) {
	private, public, err := GenerateHandover("h1")
	if err != nil {
		t.Fatal(err)
	}
	var sender Handover
	var receiver, stranger Receiver
	if err := errors.Join(sender.UnmarshalText([]byte(public)), receiver.UnmarshalText([]byte(private))); err != nil {
		t.Fatal(err)
	}
	other, _, _ := GenerateHandover("h1")
	if err := stranger.UnmarshalText([]byte(other)); err != nil {
		t.Fatal(err)
	}
	sealed, err := sender.Seal("form/1", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := receiver.Open("form/1", sealed); err != nil || string(opened) != "secret" {
		t.Errorf("Open = %q, %v", opened, err)
	}
	if _, err := receiver.Open("form/2", sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("another place: %v, want ErrSealed", err)
	}
	if _, err := stranger.Open("form/1", sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("another key: %v, want ErrSealed", err)
	}
}
