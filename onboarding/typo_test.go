package onboarding

import (
	"strings"
	"testing"
)

func TestWhichAddressWasMeant(t *testing.T) {
	for typed, want := range map[string]string{
		"jan@gmial.com": "jan@gmail.com", "jan@gmai.com": "jan@gmail.com", "jan@gmail.con": "jan@gmail.com",
		"jan@hotmial.nl": "jan@hotmail.nl", "jan@outllok.com": "jan@outlook.com", "jan@zigo.nl": "jan@ziggo.nl",
		"J.Jansen@regenboog.exmaple": "J.Jansen@regenboog.example", "jan@regenbog.exampel": "jan@regenboog.example",
		// right as they stand, or nothing like what is known
		"jan@gmail.com": "", "jan@ymail.com": "", "jan@hotmail.nl": "", "jan@regenboog.example": "", "jan@duo.nl": "",
		"jan@dewegwijzer.nl": "", "jan@linde.example": "", "jan@live.be": "",
		"jan@" + strings.Repeat("a", 60) + "." + strings.Repeat("b", 60) + ".nl": "",
	} {
		email, err := ParseEmail(typed)
		if err != nil {
			t.Fatalf("%s: %v", typed, err)
		}
		if meant, _ := email.Meant([]string{"regenboog.example"}); string(meant) != want {
			t.Errorf("%s: meant was %q, want %q", typed, meant, want)
		}
	}
}
