package e2e

import (
	"crypto/rand"
	"regexp"
	"strings"
)

// field is something that a person, a file or the broker fills in.
type field struct {
	name  string
	value func(mark string) string // the mark as it looks there; nil: the mark alone
	kept  bool                     // Postgres has it in clear: registers, accounts, people, the audit's addresses
}

func suffix(text string) func(string) string { return func(mark string) string { return mark + text } }

func exactly(text string) func(string) string { return func(string) string { return text } }

// canaryFields is every entrance. What comes about in the run (PINs, tokens, the pseudonym) is added there.
var canaryFields = []field{
	// the files of the import
	{"username", nil, true},
	{"address of the old account", suffix("@oud.example"), true},
	{"password", suffix("-Aa1"), false},
	{"address of a contact", suffix("@contact.example"), true},
	{"address of a representative", suffix("@gemachtigd.example"), true},
	// what the broker says
	{"organisation's name", suffix(" Stichting"), true},
	{"organisation's KvK number", exactly("97531864"), true},
	{"organisation's RSIN", exactly("863219754"), false},
	{"stranger's organisation", suffix(" Gemeente"), true},
	{"stranger's KvK number", exactly("98642753"), true},
	// the form of the old account
	{"address", suffix("@Nieuw.example"), false},
	{"address that is none", suffix(" at nowhere"), false},
	{"address that is too long", func(mark string) string { return mark + strings.Repeat("x", 400) + "@lang.example" }, false},
	{"address of a stranger", suffix("@vreemd.example"), false},
	{"username, wrong", suffix(" O'Brien <b>"), false},
	{"username, too long", func(mark string) string { return strings.Repeat("u", 300) + mark }, false},
	{"password, wrong", suffix(" %&=+ é"), false},
	{"password, too long", func(mark string) string { return strings.Repeat("p", 300) + mark }, false},
	{"nonce", nil, false},
	{"field that no form has", nil, false},
	// the form of the PIN, and of another address
	{"PIN of letters", nil, false},
	{"PIN, too long", suffix("1234567"), false},
	{"other address that is none", suffix("@"), false},
	{"address that is refused", suffix("@weg.example"), false},
	{"address that is confirmed", suffix("@goed.example"), true},
	// the link and the own address
	{"own address that is none", suffix(" at home"), false},
	{"own address", suffix("@eigen.example"), true},
	{"PIN of a change, of letters", nil, false},
	{"identity that is none", nil, false},
	{"identity in a form", nil, false},
	// adding institutions
	{"institution in an address", nil, false},
	{"institution of a result", nil, false},
	{"institution that is none", nil, false},
	{"choice that is none", nil, false},
	{"username of a school, wrong", nil, false},
	{"password of a school, wrong", suffix(" Ö"), false},
	{"code of a school, wrong", nil, false},
	// an activation code, and who allows it
	{"address with a code", suffix("@brief.example"), false},
	{"code, wrong", nil, false},
	{"token of no approval", nil, false},
	{"answer that is none", nil, false},
	// a forgotten password
	{"account that is none", nil, false},
	{"reference that is none", nil, false},
	{"token of no new password", nil, false},
	{"new password, too long", func(mark string) string { return strings.Repeat("n", 300) + mark }, false},
	{"new password", suffix(" en twee ezels"), false},
	// the helpdesk
	{"name of an agent", nil, true},
	{"name of a second agent", nil, true},
	{"address that an agent mistypes", suffix(" at nowhere"), false},
	{"address that agents type", suffix("@helpdesk.example"), true},
	// what mail servers report
	{"words of a report", nil, false},
	{"recipient in a report", suffix("@elders.example"), false},
	{"report that is none", nil, false},
	{"webhook of a stranger", nil, false},
	// addresses of pages
	{"query of the start page", nil, false},
	{"path that is no page", nil, false},
	{"query of no page", nil, false},
	{"query of a form", nil, false},
	{"query of a button", nil, false},
	{"query of the last page", nil, false},
	{"artifact", nil, false},
	{"relay state", nil, false},
	{"posted artifact", nil, false},
	{"posted relay state", nil, false},
	{"relay state of no login", nil, false},
	{"response of another binding", nil, false},
	// what browsers say by themselves
	{"user agent", nil, false},
	{"referrer", nil, false},
	{"language", nil, false},
	{"cookie of another program", nil, false},
	{"IP address", exactly("203.0.113.77"), true},
}

// canary is a field with its value in this run.
type canary struct {
	field
	mark, text string
}

func newCanary(f field) canary {
	c := canary{field: f, mark: "knr" + strings.ToLower(rand.Text()[:14])}
	c.text = c.mark
	if f.value != nil {
		c.text = f.value(c.mark)
	}
	if !strings.Contains(c.text, c.mark) { // exactly: the value is its own mark
		c.mark = c.text
	}
	return c
}

var digits = regexp.MustCompile(`^[0-9.]+$`)

// whole finds a number that is not part of a longer one, of a time or of a hash.
func (c canary) whole() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^0-9a-fA-F.])` + regexp.QuoteMeta(c.mark) + `(?:$|[^0-9a-fA-F.])`)
}
