package onboarding

import (
	"slices"
	"strings"
)

// commonDomains are where most mail of Dutch people goes. Each is right as it stands, also where it looks like another.
var commonDomains = strings.Fields(`
	gmail.com googlemail.com hotmail.com hotmail.nl outlook.com outlook.nl live.com live.nl msn.com icloud.com me.com
	mac.com yahoo.com yahoo.nl ymail.com mail.com email.com gmx.com gmx.net protonmail.com proton.me ziggo.nl kpnmail.nl
	kpnplanet.nl planet.nl hetnet.nl home.nl xs4all.nl upcmail.nl chello.nl casema.nl quicknet.nl telfort.nl tele2.nl
	solcon.nl zeelandnet.nl freedom.nl caiway.nl online.nl wxs.nl kpn.nl`)

// Meant is the address with the domain that was probably meant, where the typed one is a slip away from a common domain
// or from one of known, and is none of them itself. It is a question: the typed one may exist.
func (e Email) Meant(known []string) (Email, bool) {
	typed := e.Domain()
	domains := slices.Concat(known, commonDomains)
	if slices.Contains(domains, typed) {
		return "", false
	}
	for _, domain := range domains {
		if slips(typed, domain) == 1 || len(domain) >= 10 && slips(typed, domain) == 2 {
			return Email(string(e)[:len(e)-len(typed)] + domain), true
		}
	}
	return "", false
}

// slips is how many letters were left out, added, taken for another or swapped with the next on the way from one word
// to the other (optimal string alignment). Words that are longer than domains can be count as far apart.
func slips(a, b string) int {
	if len(a) > maxEmail || len(b) > maxEmail {
		return maxEmail
	}
	var before, last []int
	next := make([]int, len(b)+1)
	for j := range next {
		next[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, next = last, next, make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			next[j] = min(last[j]+1, next[j-1]+1, last[j-1]+cost(a[i-1] != b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
	}
	return next[len(b)]
}

func cost(differs bool) int {
	if differs {
		return 1
	}
	return 0
}
