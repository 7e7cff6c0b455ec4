package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"koppel/messages"
)

var update = flag.Bool("update", false, "write docs/faults.md")

// result is what a person sees who goes on while a part is away.
type result string

const (
	works   result = "works"
	delayed result = "delayed"
	working result = "working"
	busy    result = "503"
	anew    result = "log in again"
	silence result = "no answer"
)

// results say what each means, in the order of docs/faults.md.
var results = []struct {
	result
	means string
}{
	{works, "the next page, as on any day: the part is not needed here"},
	{delayed, "the page of the PIN says that the mail is delayed; it comes once the part is back, and the time of the PIN begins then"},
	{working, "the page says that the link is being made; it is made once the part is back"},
	{busy, "a page with status 503 and Retry-After; what was typed is kept, a password apart. The same form sent again counts once"},
	{anew, "a page with status 503 and Retry-After says that eHerkenning is away; its button starts a new login, and the case goes on"},
	{silence, "the browser finds nobody; the same page or form opened again goes on"},
}

// place is a step of the journey: the way to it, and what the person does next.
type place struct {
	name, next string
	reach      func(*traveller)
	act        func(*traveller) reply
	typed      []string // fields of the form that a 503 page must keep
}

var places = []place{
	{"start page", "press log in", (*traveller).toStart, (*traveller).pressLogin, nil},
	{"at the broker", "log in there", (*traveller).toBroker, (*traveller).passBroker, nil},
	{"on the way back", "arrive", (*traveller).toReturn, (*traveller).openReturn, nil},
	{"await_proof", "open the form", (*traveller).toProof, (*traveller).openProof, nil},
	{"await_proof", "send the form", (*traveller).toProof, (*traveller).sendProof, []string{"email", "username"}},
	{"mailing_pin", "open the page", (*traveller).toMailing, (*traveller).openPIN, nil},
	{"await_pin", "open the page", (*traveller).toPIN, (*traveller).openPIN, nil},
	{"await_pin", "send the PIN", (*traveller).toPIN, (*traveller).sendPIN, []string{"pin"}},
	{"completing", "open the page", (*traveller).toCompleting, (*traveller).openPIN, nil},
	{"notifying", "open the home page", (*traveller).toNotifying, (*traveller).openHome, nil},
	{"linked", "open the home page", (*traveller).toHome, (*traveller).openHome, nil},
}

var partNames = []string{"postgres", "temporal", "smtp", "broker", "web", "worker"}

// expected has a row for each of places and a column for each of partNames.
var expected = [][]result{
	{busy, works, works, works, silence, works},
	{works, works, works, silence, works, works},
	{busy, works, works, anew, silence, works},
	{busy, works, works, works, silence, works},
	{busy, busy, works, works, silence, busy},
	{busy, delayed, delayed, delayed, silence, delayed},
	{busy, works, works, works, silence, works},
	{busy, busy, works, works, silence, busy},
	{busy, working, working, working, silence, working},
	{busy, works, works, works, silence, works},
	{busy, works, works, works, silence, works},
}

// name tells which result a reply is; a reply that is none describes itself.
func (p *traveller) name(at place, got reply) result {
	says := func(key string) bool { return strings.Contains(got.body, messages.Text(messages.Dutch, key, nil)) }
	switch {
	case got.status == 0:
		return silence
	case got.status == http.StatusServiceUnavailable && got.header.Get("Retry-After") != "":
		if says("p.supplier.h") {
			return anew
		}
		return p.keeping(at, got.body)
	case got.status == http.StatusOK && says("st.late"):
		return delayed
	case got.status == http.StatusOK && says("p.working.h"):
		return working
	case got.status == http.StatusOK || got.status == http.StatusSeeOther:
		return works
	}
	return result(fmt.Sprintf("%v, Retry-After %q, %s", got, got.header.Get("Retry-After"), heading(got.body)))
}

func heading(page string) string { return regexp.MustCompile(`(?s)<h1.*</h1>`).FindString(page) }

// keeping tells what a 503 page has lost of what was typed.
func (p *traveller) keeping(at place, body string) result {
	for _, field := range at.typed {
		if !strings.Contains(body, `value="`+p.form.Get(field)+`"`) {
			return busy + result(" without the "+field+" that was typed, under "+heading(body))
		}
	}
	return busy
}

const faultsPage = "../../docs/faults.md"

func TestTheTableOfFaultsStandsInTheDocs(t *testing.T) {
	want := faultsText()
	if *update {
		if err := os.WriteFile(faultsPage, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(faultsPage)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is stale (%v): run go test ./e2e -run TheTableOfFaults -update in devstack", faultsPage, err)
	}
}

func faultsText() []byte {
	var text bytes.Buffer
	fmt.Fprint(&text, `# When a part is away

Generated from the table in `+"`devstack/e2e/faulttable_test.go`"+`, which stops and starts each part at each step of the
journey on real processes. In every cell the journey then ends linked: one case, one link, one audit row of it, every
mail sent, none more than twice, and no two PINs.

| Step | The person goes on to | `+strings.Join(partNames, " | ")+` |
|`+strings.Repeat(" --- |", 2+len(partNames))+"\n")
	for i, at := range places {
		fmt.Fprintf(&text, "| %s | %s |", at.name, at.next)
		for _, cell := range expected[i] {
			fmt.Fprintf(&text, " %s |", cell)
		}
		fmt.Fprintln(&text)
	}
	fmt.Fprintln(&text)
	for _, r := range results {
		fmt.Fprintf(&text, "- **%s**: %s.\n", r.result, r.means)
	}
	return text.Bytes()
}
