package passwords

import (
	"fmt"
	"strings"
	"testing"
)

// What older systems keep of the password "abc": the published test vectors, and salted digests made with the
// command-line tools (printf %s "zout.1abc" | md5sum).
const (
	abcMD5    = "900150983cd24fb0d6963f7d28e17f72"
	abcSHA1   = "a9993e364706816aba3e25717850c26c9cd0d89d"
	abcSHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
)

func TestWrappedDigestsAreVerifiedByThePassword(t *testing.T) {
	for notation, tag := range map[string]string{
		"md5$" + abcMD5:                                                                         "md5",
		"MD5$$" + strings.ToUpper(abcMD5):                                                       "md5",
		"sha1$" + abcSHA1:                                                                       "sha1",
		"sha256$" + abcSHA256:                                                                   "sha256",
		"md5$zout.1$b4a1037dbfe2ce700a5487275e53f3a1":                                           "md5,prefix=em91dC4x",
		"md5-suffix$zout.1$51f4928aa7e87a7caf79f27a08aeed60":                                    "md5,suffix=em91dC4x",
		"sha1$zout.1$e850be0d2f9438baf53af0417c443a237a2a1406":                                  "sha1,prefix=em91dC4x",
		"sha1-suffix$zout.1$a127a5a31ec74a8750bb0c0f3c716b17d03f7122":                           "sha1,suffix=em91dC4x",
		"sha256$zout.1$dc6b1d62b46d4ce7c17b120c035c1b817e4f33ca7b2040ac0671ed6965cbbdc0":        "sha256,prefix=em91dC4x",
		"sha256-suffix$zout.1$d9cc56778537ae93c8bade81d3ce08e30da0dda0ca43538e9beb3db43d612dba": "sha256,suffix=em91dC4x",
	} {
		t.Run(notation, func(t *testing.T) {
			old, err := ParseDigest(notation)
			if err != nil {
				t.Fatal(err)
			}
			stored, err := cheap.Wrap(t.Context(), old)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(stored, tag+"$argon2id$") {
				t.Errorf("stored as %q, want it tagged %q", stored, tag)
			}
			if got, err := Verify(t.Context(), stored, "abc"); !got || err != nil {
				t.Errorf("Verify(abc) = %v, %v; want true", got, err)
			}
			for _, password := range []string{"abd", "", notation, notation[strings.LastIndex(notation, "$")+1:]} {
				if got, err := Verify(t.Context(), stored, password); got || err != nil {
					t.Errorf("Verify(%q) = %v, %v; want false", password, got, err)
				}
			}
		})
	}
}

func TestNoFastDigestIsKept(t *testing.T) {
	old, err := ParseDigest("md5$" + abcMD5)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := Wrap(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(stored, abcMD5) || strings.Contains(stored, encoding.EncodeToString(old.value)) {
		t.Fatalf("the old digest is readable in %q", stored)
	}
	if s, err := parseStored(stored); err != nil || s.params != Standard {
		t.Fatalf("wrapped at %+v, %v; want %+v", s.params, err, Standard)
	}
}

func TestWrapsKnowsItsDigest(t *testing.T) {
	parse := func(notation string) Digest {
		d, err := ParseDigest(notation)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := parse("md5$zout$" + abcMD5)
	stored, err := cheap.Wrap(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	native, err := cheap.Hash(t.Context(), "abc")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		stored string
		digest Digest
		want   bool
	}{
		{"the same", stored, first, true},
		{"another digest", stored, parse("md5$zout$" + strings.Repeat("0", 32)), false},
		{"another salt", stored, parse("md5$peper$" + abcMD5), false},
		{"another position", stored, parse("md5-suffix$zout$" + abcMD5), false},
		{"another scheme", stored, parse("sha1$zout$" + abcSHA1), false},
		{"a native hash", native, parse("md5$" + abcMD5), false},
	} {
		if got, err := Wraps(t.Context(), c.stored, c.digest); got != c.want || err != nil {
			t.Errorf("%s: Wraps = %v, %v; want %v", c.name, got, err, c.want)
		}
	}
	if _, err := Wraps(t.Context(), "nonsense", first); err == nil {
		t.Error("Wraps accepts a malformed stored string")
	}
}

func TestDigestsRefused(t *testing.T) {
	for name, notation := range map[string]string{
		"empty":               "",
		"no scheme":           abcMD5,
		"empty scheme":        "$" + abcMD5,
		"unknown scheme":      "crypt$" + abcMD5,
		"bcrypt":              "$2y$10$abcdefghijklmnopqrstuuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"digest missing":      "md5$",
		"not hexadecimal":     "md5$" + strings.Repeat("z", 32),
		"of another function": "md5$" + abcSHA1,
		"cut off":             "sha256$" + abcSHA256[:62],
		"blank in the salt":   "md5$a b$" + abcMD5,
		"accent in the salt":  "md5$é$" + abcMD5,
		"salt too long":       "md5$" + strings.Repeat("s", 65) + "$" + abcMD5,
		"one part too many":   "md5$a$b$" + abcMD5,
		"position alone":      "-suffix$a$" + abcMD5,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseDigest(notation)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, secret := range []string{abcMD5, abcSHA1[:20], abcSHA256[:20]} {
				if strings.Contains(err.Error(), secret) {
					t.Fatalf("the error shows the digest: %v", err)
				}
			}
		})
	}
}

func TestDigestDoesNotPrint(t *testing.T) {
	old, err := ParseDigest("sha1$zout$" + abcSHA1)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v %+v %s %#v", old, old, old, old); got != strings.TrimSpace(strings.Repeat("sha1 digest ", 4)) {
		t.Fatalf("prints as %q", got)
	}
}
