package web

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"koppel/messages"
)

// checkPage checks what holds for every page in every state.
func checkPage(t *testing.T, page answer, language messages.Language) {
	t.Helper()
	if page.doc.Find("html").AttrOr("lang", "") != string(language) {
		t.Errorf("the page is not in %s", language)
	}
	checkFrame(t, page.doc)
	checkWords(t, page.doc)
	checkInputs(t, page.doc)
	checkFaults(t, page.doc, language)
	checkWeight(t, page)
}

func checkFrame(t *testing.T, doc *goquery.Document) {
	t.Helper()
	for selector, want := range map[string]int{
		"h1": 1, "main#main": 1, "title": 1, `a.nl-skip-link[href="#main"]`: 1, "footer h2": 1, "nav .app-language[lang]": 1,
		"script[nonce]": 1, "style, [style], [onclick], script:not([src])": 0, "img, iframe": 0,
		"form:not([action]), button:not([type])": 0, "input[type=password][value]": 0,
	} {
		if got := doc.Find(selector).Length(); got != want {
			t.Errorf("%s: %d times, want %d", selector, got, want)
		}
	}
	if first := doc.Find("body a").First(); !first.HasClass("nl-skip-link") {
		t.Error("the skip link is not the first link")
	}
}

// leftover is a key, a placeholder or a Go value that was not replaced.
var leftover = regexp.MustCompile(`\b(p|e|in|go|link|mail|user|pw|other|pin|st|home|menu|help|foot|toelichting|contact|privacy|licenties|toegankelijkheid)\.[a-z0-9.]+\b|\{[^}]*\}|<no value>|%!|ZgotmplZ`)

// address is an e-mail address, in which words may look like keys.
var address = regexp.MustCompile(`\S+@\S+`)

func checkWords(t *testing.T, doc *goquery.Document) {
	t.Helper()
	if found := leftover.FindString(address.ReplaceAllString(doc.Find("html").Text(), "")); found != "" {
		t.Errorf("text holds %q", found)
	}
	for selector, what := range map[string]string{`[href=""]`: "link", `[src=""]`: "source", `[action=""]`: "address of a form"} {
		if doc.Find(selector).Length() > 0 {
			t.Errorf("an empty %s", what)
		}
	}
}

func checkInputs(t *testing.T, doc *goquery.Document) {
	t.Helper()
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); ids[id] {
			t.Errorf("id %q stands twice", id)
		} else {
			ids[id] = true
		}
	})
	doc.Find("input:not([type=hidden])").Each(func(_ int, input *goquery.Selection) {
		id := input.AttrOr("id", "none")
		if doc.Find(`label[for="`+id+`"]`).Length() != 1 {
			t.Errorf("input %s has no label", id)
		}
		if input.AttrOr("autocomplete", "") == "" && input.AttrOr("type", "") != "checkbox" {
			t.Errorf("input %s has no autocomplete", id)
		}
		for _, described := range strings.Fields(input.AttrOr("aria-describedby", "")) {
			if !ids[described] {
				t.Errorf("input %s is described by %s, which isn't there", id, described)
			}
		}
	})
}

// checkFaults: each fault stands in the summary, which gets the focus, and at its field in the same words; the title
// of the window starts with it.
func checkFaults(t *testing.T, doc *goquery.Document, language messages.Language) {
	t.Helper()
	summary := doc.Find(`main > [role=alert][tabindex="-1"][autofocus]`)
	faults := summary.Find("li").Length()
	if (faults > 0) != (summary.Length() == 1) || doc.Find("[role=alert]").Length() != summary.Length() {
		t.Errorf("%d faults in %d summaries", faults, summary.Length())
	}
	prefix, _, _ := strings.Cut(messages.Text(language, "title.err", nil), " ")
	if got := strings.HasPrefix(doc.Find("title").Text(), prefix); got != (faults > 0) {
		t.Errorf("the title is %q with %d faults", doc.Find("title").Text(), faults)
	}
	links := summary.Find("a")
	if invalid := doc.Find("[aria-invalid=true]").Length(); invalid != links.Length() {
		t.Errorf("%d invalid inputs, %d links to them", invalid, links.Length())
	}
	links.Each(func(_ int, link *goquery.Selection) {
		field := link.AttrOr("href", "")
		own := doc.Find(field + "-error .app-error").First().Text()
		described := doc.Find(field).AttrOr("aria-describedby", "")
		if !strings.HasSuffix(own, link.Text()) || !strings.Contains(described, field[1:]+"-error") {
			t.Errorf("%s: link %q, at the field %q, described by %q", field, link.Text(), own, described)
		}
	})
}

// pageBudget is what a page may weigh with all that it needs, compressed, in bytes.
const pageBudget = 30 << 10

func checkWeight(t *testing.T, page answer) {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(page.Body.Bytes())
	w.Close()
	weight := packed.Len()
	page.doc.Find("link[href^='/static/'], script[src^='/static/']").Each(func(_ int, s *goquery.Selection) {
		name := strings.TrimPrefix(s.AttrOr("href", s.AttrOr("src", "")), "/static/")
		weight += fetchAsset(name, "gzip").Body.Len()
	})
	if weight > pageBudget {
		t.Errorf("the page weighs %d bytes, want at most %d", weight, pageBudget)
	}
}

func TestWindowTitleSaysWhatHappened(t *testing.T) {
	for _, test := range []struct {
		page page
		want string
	}{
		{page{Title: "Koppelen"}, "Koppelen – MijnHelpdeskPO"},
		{page{Title: "Koppelen", Errors: []fieldError{{Key: "e.busy"}}}, "Fout: Koppelen – MijnHelpdeskPO"},
		{page{Title: "Koppelen", Success: "Gelukt."}, "Gelukt – Koppelen – MijnHelpdeskPO"},
	} {
		if got := (&screen{page: test.page, Language: messages.Dutch}).WindowTitle(); got != test.want {
			t.Errorf("want %q, got %q", test.want, got)
		}
	}
}
