package onboarding

import (
	"net/mail"
	"strings"
	"testing"
	"unicode"
)

func TestAddressesThatNoMailCanGoToAreRefused(t *testing.T) {
	for _, typed := range []string{
		"jan@[127.0.0.1]", "jan@[IPv6:::1]", "jan@school_1.nl", "jan@-school.nl", "jan@school-.nl", "jan@school.nl.",
		"jan@" + strings.Repeat("a", 64) + ".nl", strings.Repeat("a", 250) + "@b.nl",
		"jan@scho\u00adol.nl", "ja\u200bn@school.nl", "jan\u202e@school.nl", "jan@school.nl\x00", "ja\nn@school.nl",
		"a@b@school.nl", "\"a@b\"@school.nl", "jan(x)@school.nl", "jan@school.nl(x)", "<jan@school.nl>",
		"groep:jan@school.nl;", "=?utf-8?q?jan?= <jan@school.nl>", "jan@school,nl", "jan@school.nl;b@b.nl",
	} {
		if got, err := ParseEmail(typed); err == nil {
			t.Errorf("%q was taken as %q", typed, got)
		}
	}
}

// FuzzParseEmail: whatever is typed, what is taken is one plain address that stays itself when read again.
func FuzzParseEmail(f *testing.F) {
	for _, seed := range []string{
		" J.Jansen@School.NL ", "j+tag@school.nl", "jan@school.nl\r\nBcc: x@y.nl", "Jan <jan@school.nl>", "\"a b\"@school.nl",
		"andré@één.example", "jan@xn--n-9faa.example", "jan@één。example", "jan@İ.nl", "a@[127.0.0.1]", "a@b\x00.nl",
		"=?utf-8?q?a=0D=0ABcc:?=@b.nl", "group:a@b.nl;", "a@b.nl,c@d.nl", "a(b)@c.nl", "\u202ea@b.nl", "a@b..nl", "@", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		email, err := ParseEmail(typed)
		if err != nil {
			return
		}
		again, err := ParseEmail(string(email))
		if err != nil || again != email {
			t.Errorf("%q became %q, which becomes %q, %v", typed, email, again, err)
		}
		plain, err := mail.ParseAddress(string(email))
		if err != nil || plain.Address != string(email) || plain.Name != "" {
			t.Errorf("%q is %+v to others, %v", email, plain, err)
		}
		if strings.Count(string(email), "@") != 1 || len(email) > 254 || email.Domain() != strings.ToLower(email.Domain()) {
			t.Errorf("%q is not one plain address", email)
		}
		if strings.ContainsFunc(string(email), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			t.Errorf("%q has signs that are not seen", email)
		}
	})
}
