package eherkenning

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/beevik/etree"

	"koppel/eherkenning/brokertest"
	"koppel/onboarding"
)

// TestNothingMayBeMissing leaves out each element and each attribute in turn, in a message that is then signed
// well. What comes out is a refusal or the very same login, and never a panic.
func TestNothingMayBeMissing(t *testing.T) {
	w := newWorld(t)
	answer := w.answer()
	answer.ResolveID = "_resolve1"
	answer.Decoy, answer.ResponseSignature = brokertest.Identifier{}, brokertest.Signature{} // may be missing anyhow
	want, err := w.verify(func(a *brokertest.Answer) { *a = answer })
	if err != nil {
		t.Fatal(err)
	}
	want.OrganisationName, want.Supplier = "", "" // these may be missing
	for i := 0; ; i++ {
		removed := ""
		answer.BeforeSign = func(envelope *etree.Element) { removed = removePart(envelope, i) }
		envelope, err := w.broker.Build(answer)
		if removed == "" {
			return
		}
		if err != nil {
			continue // it took away what the broker was going to sign
		}
		login, err := w.sp.verify(envelope, requestID, "_resolve1")
		login.OrganisationName, login.Supplier = "", ""
		if err == nil && login != want {
			t.Errorf("without %s: %+v", removed, login)
		}
		if err != nil && login != (onboarding.Login{}) {
			t.Errorf("without %s: refused, but with a login", removed)
		}
	}
}

// removePart takes away the i-th element or attribute of the message and names it; "" when there are fewer.
func removePart(envelope *etree.Element, i int) string {
	for _, element := range envelope.FindElements("//") {
		if i == 0 {
			element.Parent().RemoveChild(element)
			return element.Tag
		}
		i--
		for _, attribute := range element.Attr {
			if attribute.Space == "xmlns" {
				continue
			}
			if i == 0 {
				element.RemoveAttr(attribute.FullKey())
				return element.Tag + "/@" + attribute.Key
			}
			i--
		}
	}
	return ""
}

var mutations = flag.Int("mutations", 1000, "how many TestMutations tries")

// TestMutations changes bytes of a good message: it is refused or says the same.
func TestMutations(t *testing.T) {
	w := newWorld(t)
	answer := w.answer()
	envelope := w.envelope(func(a *brokertest.Answer) { *a = answer; a.ResolveID = "_resolve1" })
	want, err := w.sp.verify(envelope, requestID, "_resolve1")
	if err != nil {
		t.Fatal(err)
	}
	const seed = 1
	random := rand.New(rand.NewPCG(seed, seed))
	passed := 0
	for range *mutations {
		mutated, what := mutate(random, envelope)
		login, err := w.sp.verify(mutated, requestID, "_resolve1")
		if err == nil && login != want {
			t.Fatalf("%s: %+v", what, login)
		}
		if err == nil {
			passed++
		}
	}
	t.Logf("%d mutations, %d of them without meaning: the same login came out", *mutations, passed)
}

func mutate(random *rand.Rand, good []byte) (mutated []byte, what string) {
	at, length := random.IntN(len(good)), 1+random.IntN(40)
	end := min(at+length, len(good))
	mutated = append(mutated, good[:at]...)
	switch kind := random.IntN(4); kind {
	case 0:
		mutated = append(mutated, byte(random.IntN(256)))
		what, end = "changed", at+1
	case 1:
		what = "removed"
	case 2:
		mutated = append(append(mutated, good[at:end]...), good[at:end]...)
		what = "doubled"
	case 3:
		from := random.IntN(len(good) - 40)
		mutated = append(mutated, good[from:from+length]...)
		what = "overwritten"
	}
	return append(mutated, good[end:]...), fmt.Sprintf("%s %d bytes at %d", what, length, at)
}
