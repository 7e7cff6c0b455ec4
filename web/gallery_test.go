package web

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"koppel/eherkenning/brokertest"
	"koppel/messages"
)

// The gallery is every page in every state, in both languages, as real handlers answer. Each is checked here; with
// KOPPEL_GALLERY set to a folder they are also written there, for the checks that need a browser (devstack/pages).

// state is one look of one page.
type state struct {
	name  string
	shows func(g *guest) answer
}

// guest is somebody who has never been here before.
type guest struct {
	*browser
	who brokertest.Persona
}

// newGuest is a person of their own, with the same pretend engine as nobody before.
func (w *world) newGuest(name string, language messages.Language) *guest {
	w.now = w.now.Add(time.Second) // the last login is the newest
	*w.engine = engine{started: w.engine.started}
	who := persona("jane")
	who.Username = name + "." + string(language)
	b := w.browser()
	b.cookies[languageCookie] = string(language)
	return &guest{b, who}
}

// loginWith logs in with an answer of the broker that may be changed.
func (g *guest) loginWith(change func(*brokertest.Answer)) answer {
	g.w.t.Helper()
	requestID, relayState := g.start()
	given := g.w.broker.Answer(requestID, g.who, g.who.Organisations[0])
	if change != nil {
		change(&given)
	}
	return g.get(back(relayState, g.w.broker.HandOut(given)))
}

// enter logs in.
func (g *guest) enter() *guest {
	g.w.t.Helper()
	g.loginWith(nil).expect(http.StatusSeeOther)
	return g
}

func TestGallery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var shown [2]strings.Builder
	names, templates := map[string]bool{}, map[string]bool{}
	for _, state := range states {
		if names[state.name] {
			t.Errorf("two states are called %s", state.name)
		}
		names[state.name] = true
		for i, language := range messages.Languages {
			t.Run(state.name+"/"+string(language), func(t *testing.T) {
				defer w.lend(t)()
				page := state.shows(w.newGuest(state.name, language))
				checkPage(t, page, language)
				shown[i].WriteString(words(page))
				templates[page.doc.Find("main").AttrOr("data-page", "")] = true
				keepPage(t, fmt.Sprintf("%s.%s.html", state.name, language), page)
			})
		}
	}
	for i, language := range messages.Languages {
		t.Run("says-everything/"+string(language), func(t *testing.T) { saysEverything(t, language, shown[i].String()) })
	}
	t.Run("uses-every-template", func(t *testing.T) { usesEveryTemplate(t, templates) })
	t.Logf("%d states in %d languages", len(states), len(messages.Languages))
}

// lend lets a subtest fail for what goes wrong in the world.
func (w *world) lend(t *testing.T) (giveBack func()) {
	owner := w.t
	w.t = t
	return func() { w.t = owner }
}

// keepPage writes a page for the checks in a browser.
func keepPage(t *testing.T, name string, page answer) {
	t.Helper()
	dir := os.Getenv("KOPPEL_GALLERY")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), page.Body.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// words is everything that a page says: its text and its attributes.
func words(page answer) string {
	said := page.doc.Find("html").Text()
	page.doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, attribute := range s.Nodes[0].Attr {
			said += "\n" + attribute.Val
		}
	})
	return strings.Join(strings.Fields(html.UnescapeString(said)), " ") + "\n"
}

var (
	ofMails = regexp.MustCompile(`^m[0-9]*\.`)
	filled  = regexp.MustCompile(`\\\{[^}]*\\\}`)
)

// usesEveryTemplate finds the templates that no state shows.
func usesEveryTemplate(t *testing.T, shown map[string]bool) {
	t.Helper()
	files, err := templateFiles.ReadDir("templates/pages")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !shown[strings.TrimSuffix(file.Name(), ".html")] {
			t.Errorf("no state in the gallery shows %s", file.Name())
		}
	}
}

// saysEverything finds the sentences that no page has shown: a page or a state that the gallery lacks.
func saysEverything(t *testing.T, language messages.Language, shown string) {
	t.Helper()
	content, err := os.ReadFile("../messages/nl.json")
	if err != nil {
		t.Fatal(err)
	}
	var sentences map[string]string
	if err := json.Unmarshal(content, &sentences); err != nil {
		t.Fatal(err)
	}
	for key := range sentences {
		if ofMails.MatchString(key) {
			continue
		}
		sentence := filled.ReplaceAllString(regexp.QuoteMeta(messages.Text(language, key, nil)), ".+?")
		if !regexp.MustCompile(sentence).MatchString(shown) {
			t.Errorf("no state in the gallery says %s", key)
		}
	}
}
